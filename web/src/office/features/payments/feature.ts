import { CreditCard, Files, Money, RefreshLeft } from "@element-plus/icons-vue";
import { defineFeature } from "../../feature";

const payments = { title: "发放批次", to: "/payments" };

export default defineFeature({
  name: "payments",
  permission: "payment.read",
  menu: [
    { group: "payment", order: 10, title: "发放批次", icon: Money, to: "/payments" },
    { group: "payment", order: 20, title: "退票处理", icon: RefreshLeft, to: "/payment-returns" },
    { group: "payment", order: 60, title: "比对名单", icon: Files, to: "/payment-comparisons", permission: "payment.setting" },
    { group: "payment", order: 70, title: "代发格式", icon: CreditCard, to: "/bank-layouts", permission: "payment.setting" },
  ],
  routes: [
    { path: "payments", component: () => import("./PaymentsPage.vue"), meta: { title: "发放批次" } },
    { path: "payments/new", component: () => import("./PreparePage.vue"), meta: { title: "编制发放批次", permission: "payment.prepare", parent: payments } },
    { path: "payments/:batch", component: () => import("./BatchPage.vue"), props: true, meta: { title: "发放批次", people: true, parent: payments } },
    { path: "payment-returns", component: () => import("./ReturnsPage.vue"), meta: { title: "退票处理", people: true } },
    { path: "payment-comparisons", component: () => import("./ComparisonsPage.vue"), meta: { title: "比对名单", permission: "payment.setting" } },
    { path: "bank-layouts", component: () => import("./LayoutsPage.vue"), meta: { title: "代发格式", permission: "payment.setting" } },
  ],
});
