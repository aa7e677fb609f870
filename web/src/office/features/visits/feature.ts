import { EditPen, Guide, Notebook } from "@element-plus/icons-vue";
import { defineFeature } from "../../feature";

const visits = { title: "走访记录", to: "/visits" };

export default defineFeature({
  name: "visits",
  permission: "visit.read",
  menu: [
    { group: "work", order: 20, title: "走访录入", icon: EditPen, to: "/visits/entry", permission: "visit.record" },
    { group: "people", order: 12, title: "走访安排", icon: Guide, to: "/arrangements", permission: "visit_plan.read" },
    { group: "people", order: 15, title: "走访记录", icon: Notebook, to: "/visits" },
  ],
  routes: [
    { path: "visits", component: () => import("./VisitsPage.vue"), meta: { title: "走访记录", people: true } },
    { path: "arrangements", component: () => import("./ArrangementsPage.vue"), meta: { title: "走访安排", people: true, permission: "visit_plan.read" } },
    { path: "visits/entry", component: () => import("./VisitEntryPage.vue"), meta: { title: "走访录入", people: true, permission: "visit.record", parent: visits } },
    { path: "visits/new", component: () => import("./VisitFormPage.vue"), meta: { title: "登记走访", people: true, permission: "visit.record", parent: visits } },
    { path: "visits/:id/edit", component: () => import("./VisitFormPage.vue"), props: true, meta: { title: "修改走访", people: true, permission: "visit.record", parent: visits } },
  ],
});
