import { Finished } from "@element-plus/icons-vue";
import { defineFeature } from "../../feature";

export default defineFeature({
  name: "coverage",
  permission: "coverage.read",
  menu: [{ group: "figures", order: 20, title: "覆盖情况", icon: Finished, to: "/coverage" }],
  routes: [{ path: "coverage", component: () => import("./CoveragePage.vue"), meta: { title: "覆盖情况", people: true } }],
});
