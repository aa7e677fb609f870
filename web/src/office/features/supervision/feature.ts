import { DataBoard, TrendCharts, Trophy } from "@element-plus/icons-vue";
import { hasAccount, isOfCounty } from "@/shared/session";
import { defineFeature } from "../../feature";

export default defineFeature({
  name: "supervision",
  permission: "coverage.read",
  menu: [
    { group: "figures", order: 30, title: "督导排名", icon: Trophy, to: "/ranking", when: hasAccount },
    { group: "figures", order: 15, title: "对比与图表", icon: TrendCharts, to: "/charts", permission: "statistics.read", when: hasAccount },
    { group: "figures", order: 90, title: "大屏", icon: DataBoard, to: "/board", permission: "statistics.read", when: isOfCounty },
  ],
  routes: [
    { path: "ranking", component: () => import("./RankingPage.vue"), meta: { title: "督导排名", people: true } },
    { path: "charts", component: () => import("./ChartsPage.vue"), meta: { title: "对比与图表", permission: "statistics.read" } },
    { path: "board", component: () => import("./BoardPage.vue"), meta: { title: "大屏", permission: "statistics.read", bare: true } },
  ],
});
