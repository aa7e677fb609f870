import { Grid } from "@element-plus/icons-vue";
import { defineFeature } from "../../feature";

export default defineFeature({
  name: "statistics",
  permission: "statistics.read",
  menu: [{ group: "figures", order: 10, title: "统计表", icon: Grid, to: "/statistics" }],
  routes: [{ path: "statistics", component: () => import("./StatisticsPage.vue"), meta: { title: "统计表", people: true } }],
});
