import { CopyDocument, Link, UserFilled } from "@element-plus/icons-vue";
import { defineFeature } from "../../feature";

const roster = { title: "名册", to: "/roster" };

export default defineFeature({
  name: "roster",
  permission: "roster.read",
  menu: [
    { group: "people", order: 10, title: "名册", icon: UserFilled, to: "/roster" },
    { group: "people", order: 50, title: "重复人员", icon: CopyDocument, to: "/duplicates", permission: "person.merge" },
    { group: "people", order: 60, title: "待确认人员", icon: Link, to: "/candidates", permission: "candidate.read" },
  ],
  routes: [
    { path: "roster", component: () => import("./RosterPage.vue"), meta: { title: "名册", people: true } },
    { path: "roster/new", component: () => import("./PersonFormPage.vue"), meta: { title: "新增人员", people: true, permission: "person.change", parent: roster } },
    { path: "roster/:id/edit", component: () => import("./PersonFormPage.vue"), props: true, meta: { title: "修改人员", people: true, permission: "person.change", parent: roster } },
    { path: "duplicates", component: () => import("./DuplicatesPage.vue"), meta: { title: "重复人员", people: true, permission: "person.merge" } },
    { path: "candidates", component: () => import("./CandidatesPage.vue"), meta: { title: "待确认人员", people: true, permission: "candidate.read" } },
  ],
});
