// A feature is a folder under features/ whose feature.ts registers its pages and menu entries here. There is no list
// of features: the folders are the list.
import type { Component } from "vue";
import type { RouteRecordRaw } from "vue-router";

/** The groups of the menu, in their order. */
export const GROUPS = {
  work: "工作",
  people: "名册走访",
  figures: "统计督导",
  report: "报送总结",
  ledger: "军地台账",
  payment: "慰问金发放",
  administration: "系统管理",
  own: "本人",
} as const;
export type Group = keyof typeof GROUPS;

export interface MenuEntry {
  group: Group;
  /** Place within the group; steps of 10. */
  order: number;
  title: string;
  icon: Component;
  to: string;
  /** Hidden while it says no: what depends on more than a permission. */
  when?: () => boolean;
  /** Hidden without it; the feature's permission when left out. */
  permission?: string;
}

export interface Feature {
  /** The folder's name. */
  name: string;
  /** Needed for every page of the feature, unless a page's `meta.permission` says otherwise. */
  permission?: string;
  menu?: MenuEntry[];
  /** Pages inside the shell. `meta`: see below. */
  routes: RouteRecordRaw[];
}

declare module "vue-router" {
  interface RouteMeta {
    /** Heading of the page, also in the breadcrumb and the window's title. */
    title?: string;
    /** Needed for this page. */
    permission?: string;
    /** Where the breadcrumb leads back to. */
    parent?: { title: string; to: string };
    /** The page shows people: it gets the watermark. */
    people?: boolean;
    /** Not inside the shell, and without signing in. */
    open?: boolean;
    /** Fills the window without the shell's menu (大屏). */
    bare?: boolean;
  }
}

/** Checks the form; every feature.ts exports `default defineFeature({…})`. */
export function defineFeature(feature: Feature): Feature {
  return feature;
}

const found = import.meta.glob<{ default: Feature }>("./features/*/feature.ts", { eager: true });
export const features: Feature[] = Object.values(found).map((it) => it.default);

/** The pages of all features, each with its permission written out. */
export const featureRoutes: RouteRecordRaw[] = features.flatMap((feature) =>
  feature.routes.map((route) => ({
    ...route,
    meta: { ...route.meta, permission: route.meta?.permission ?? feature.permission },
  })),
);

/** The menu for whoever has these permissions: groups that hold anything, in order. */
export function menuFor(may: (permission: string | undefined) => boolean) {
  const entries = features.flatMap((feature) =>
    (feature.menu ?? []).filter((entry) => may(entry.permission ?? feature.permission) && (entry.when?.() ?? true)),
  );
  return (Object.keys(GROUPS) as Group[])
    .map((group) => ({
      group,
      title: GROUPS[group],
      entries: entries.filter((entry) => entry.group === group).sort((a, b) => a.order - b.order),
    }))
    .filter((it) => it.entries.length > 0);
}
