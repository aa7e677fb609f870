import { Promotion } from "@element-plus/icons-vue";
import { hasAccount } from "@/shared/session";
import { defineFeature } from "../../feature";

export default defineFeature({
  name: "submissions",
  permission: "statistics.read",
  menu: [{ group: "report", order: 10, title: "报送统计表", icon: Promotion, to: "/submissions", when: hasAccount }],
  routes: [
    { path: "submissions", component: () => import("./SubmissionsPage.vue"), meta: { title: "报送统计表" } },
    { path: "campaigns/:campaign/submissions", redirect: (to) => ({ path: "/submissions", query: { campaign: String(to.params.campaign) } }), meta: { title: "报送统计表" } },
    { path: "campaigns/:campaign/submissions/:unit", redirect: (to) => ({ path: "/submissions", query: { campaign: String(to.params.campaign), unit: String(to.params.unit) } }), meta: { title: "报送统计表" } },
    { path: "campaigns/:campaign", redirect: (to) => ({ path: "/statistics", query: { campaign: String(to.params.campaign) } }), meta: { title: "报送统计表" } },
  ],
});
