import { Upload } from "@element-plus/icons-vue";
import { defineFeature } from "../../feature";

export default defineFeature({
  name: "imports",
  permission: "import.read",
  menu: [{ group: "people", order: 40, title: "导入记录", icon: Upload, to: "/imports" }],
  routes: [
    { path: "imports", component: () => import("./ImportsPage.vue"), meta: { title: "导入", people: true } },
    { path: "imports/:id", redirect: "/imports", meta: { title: "导入" } },
  ],
});
