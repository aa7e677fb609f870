import { Tickets } from "@element-plus/icons-vue";
import { defineFeature } from "../../feature";

export default defineFeature({
  name: "audit",
  permission: "audit.read",
  menu: [{ group: "administration", order: 80, title: "操作日志", icon: Tickets, to: "/audit" }],
  routes: [{ path: "audit", component: () => import("./AuditPage.vue"), meta: { title: "操作日志", people: true } }],
});
