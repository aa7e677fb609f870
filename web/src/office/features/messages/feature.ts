import { Bell } from "@element-plus/icons-vue";
import { defineFeature } from "../../feature";

export default defineFeature({
  name: "messages",
  permission: "notice.read",
  menu: [{ group: "own", order: 10, title: "消息", icon: Bell, to: "/messages" }],
  routes: [
    { path: "files/:id", component: () => import("./FilePage.vue"), props: true, meta: { title: "领取文件", permission: "account.own" } },
    { path: "jobs/:id", redirect: "/messages", meta: { title: "后台作业" } },
   { path: "messages", component: () => import("./MessagesPage.vue"), meta: { title: "消息" } }],
});
