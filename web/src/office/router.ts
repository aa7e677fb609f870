import { createRouter, createWebHistory } from "vue-router";
import { loadMe, me } from "@/shared/session";
import { may } from "@/shared/perm";
import { featureRoutes } from "./feature";

declare module "vue-router" {
  interface RouteMeta {
    /** Set on the way in when the account lacks the permission. */
    refused?: boolean;
  }
}

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: "/login", component: () => import("./login/LoginPage.vue"), meta: { open: true, title: "登录" } },
    { path: "/setup", component: () => import("./login/SetupPage.vue"), meta: { title: "首次登录设置", bare: true } },
    {
      path: "/",
      component: () => import("./layout/Shell.vue"),
      children: [
        ...featureRoutes,
        { path: "/:rest(.*)*", component: () => import("./layout/NotFound.vue"), meta: { title: "没有这个页面" } },
      ],
    },
  ],
  scrollBehavior: (to, from, saved) => saved ?? (to.path === from.path ? undefined : { top: 0 }),
});

let asked = false;

router.beforeEach(async (to) => {
  if (!asked) {
    asked = true;
    await loadMe().catch(() => null);
  }
  if (to.meta.open) return true;
  if (!me.value) return { path: "/login", query: to.fullPath === "/" ? {} : { to: to.fullPath } };
  if (me.value.pending && to.path !== "/setup") return { path: "/setup", query: { to: to.fullPath } };
  if (!me.value.pending && to.path === "/setup") return "/";
  to.meta.refused = !may(to.meta.permission);
  return true;
});

router.afterEach((to) => {
  document.title = to.meta.title ? `${to.meta.title} · 双拥通` : "双拥通";
});

// After an upgrade the parts that an open tab asks for are gone: read everything anew, once.
const RELOADED = "shuangyong:reloaded";
window.addEventListener("vite:preloadError", (event) => {
  const last = Number(sessionStorage.getItem(RELOADED) ?? 0);
  if (Date.now() - last < 60_000) return;
  event.preventDefault();
  sessionStorage.setItem(RELOADED, String(Date.now()));
  location.reload();
});
