import { Box, Connection } from "@element-plus/icons-vue";
import { defineFeature } from "../../feature";

export default defineFeature({
  name: "ledger",
  permission: "ledger.read",
  menu: [
    { group: "payment", order: 30, title: "经费和慰问品", icon: Box, to: "/ledger" },
    { group: "payment", order: 40, title: "三方对照", icon: Connection, to: "/reconciliation" },
  ],
  routes: [
    { path: "ledger", component: () => import("./LedgerPage.vue"), meta: { title: "经费和慰问品" } },
    { path: "reconciliation", component: () => import("./ReconciliationPage.vue"), meta: { title: "三方对照", people: true } },
  ],
});
