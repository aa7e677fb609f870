import { Checked, Switch } from "@element-plus/icons-vue";
import { defineFeature } from "../../feature";

export default defineFeature({
  name: "confirmation",
  permission: "confirmation.read",
  menu: [
    { group: "people", order: 20, title: "年度确认", icon: Checked, to: "/confirmations" },
    { group: "people", order: 30, title: "人员变动", icon: Switch, to: "/status-changes", permission: "status_change.read" },
  ],
  routes: [
    { path: "confirmations", component: () => import("./ConfirmationPage.vue"), meta: { title: "年度确认", people: true } },
    { path: "status-changes", component: () => import("./StatusChangesPage.vue"), meta: { title: "人员变动", people: true, permission: "status_change.read" } },
    { path: "status-changes/:id", redirect: (to) => ({ path: "/status-changes", query: { change: String(to.params.id) } }), meta: { title: "人员变动", permission: "status_change.read" } },
  ],
});
