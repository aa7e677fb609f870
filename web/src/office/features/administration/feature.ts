import { Calendar, Collection, DataLine, Key, OfficeBuilding, SetUp, User } from "@element-plus/icons-vue";
import { hasAccount } from "@/shared/session";
import { defineFeature } from "../../feature";

export default defineFeature({
  name: "administration",
  menu: [
    { group: "administration", order: 10, title: "单位", icon: OfficeBuilding, to: "/units", permission: "unit.read" },
    { group: "administration", order: 20, title: "活动和模板", icon: SetUp, to: "/campaigns", permission: "campaign.change" },
    { group: "administration", order: 35, title: "字典", icon: Collection, to: "/dictionary", permission: "unit.read", when: hasAccount },
    { group: "administration", order: 70, title: "运行状态", icon: DataLine, to: "/operations", permission: "operations.read" },
    { group: "administration", order: 30, title: "工作日历", icon: Calendar, to: "/calendar", permission: "calendar.read" },
    { group: "administration", order: 40, title: "账号和角色", icon: User, to: "/accounts", permission: "account.read" },
    { group: "administration", order: 50, title: "接口令牌", icon: Key, to: "/tokens", permission: "token.change" },
  ],
  routes: [
    { path: "units", component: () => import("./UnitsPage.vue"), meta: { title: "单位", permission: "unit.read" } },
    { path: "campaigns", component: () => import("./CampaignsPage.vue"), meta: { title: "活动和模板", permission: "campaign.change" } },
    { path: "dictionary", component: () => import("./DictionaryPage.vue"), meta: { title: "字典", permission: "unit.read" } },
    { path: "operations", component: () => import("./OperationsPage.vue"), meta: { title: "运行状态", permission: "operations.read" } },
    { path: "calendar", component: () => import("./CalendarPage.vue"), meta: { title: "工作日历", permission: "calendar.read" } },
    { path: "accounts", component: () => import("./AccountsPage.vue"), meta: { title: "账号和角色", permission: "account.read" } },
    { path: "tokens", component: () => import("./TokensPage.vue"), meta: { title: "接口令牌", permission: "token.change" } },
  ],
});
