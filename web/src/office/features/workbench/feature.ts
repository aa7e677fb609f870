import { HomeFilled } from "@element-plus/icons-vue";
import { defineFeature } from "../../feature";

export default defineFeature({
  name: "workbench",
  menu: [{ group: "work", order: 10, title: "工作台", icon: HomeFilled, to: "/" }],
  routes: [{ path: "", component: () => import("./WorkbenchPage.vue"), meta: { title: "工作台" } }],
});
