import { User } from "@element-plus/icons-vue";
import { defineFeature } from "../../feature";

export default defineFeature({
  name: "me",
  permission: "account.own",
  menu: [{ group: "own", order: 20, title: "本人账号", icon: User, to: "/me" }],
  routes: [{ path: "me", component: () => import("./MePage.vue"), meta: { title: "本人账号" } }],
});
