import { Upload } from "@element-plus/icons-vue";
import type { RouteLocation } from "vue-router";
import { defineFeature } from "../../feature";

export default defineFeature({
  name: "imports",
  permission: "import.read",
  menu: [{ group: "people", order: 40, title: "导入记录", icon: Upload, to: "/imports" }],
  routes: [
    { path: "imports", component: () => import("./ImportsPage.vue"), meta: { title: "导入", people: true } },
    { path: "imports/:id", redirect: "/imports", meta: { title: "导入" } },
    // What a message of a finished check links to.
    ...["roster", "visit"].map((kind) => ({ path: `${kind}/plans/:id`, redirect: (to: RouteLocation) => ({ path: "/imports", query: { kind, plan: String(to.params.id) } }), meta: { title: "导入" } })),
  ],
});
