import { Bell } from "@element-plus/icons-vue";
import { defineFeature } from "../../feature";

export default defineFeature({
  name: "messages",
  permission: "notice.read",
  menu: [{ group: "own", order: 10, title: "消息", icon: Bell, to: "/messages" }],
  routes: [{ path: "messages", component: () => import("./MessagesPage.vue"), meta: { title: "消息" } }],
});
