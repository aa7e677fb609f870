// Who is signed in, and what the server says they may do.
import { computed, shallowRef } from "vue";
import { api, type Schema, take } from "./api/client";

export type Me = Schema["Me"];

/** What is known before anybody signs in. */
export type Entry = Schema["Entry"];

/** The account, a guest on the machine itself, or nobody. */
const state = shallowRef<Me | null>(null);
const guest = shallowRef(false);
const start = shallowRef<Entry | null>(null);

export const me = computed(() => state.value);
export const isGuest = computed(() => guest.value);
export const entry = computed(() => start.value);
export const countyName = computed(
  () => start.value?.counties.find((it) => it.code === state.value?.county)?.name ?? "",
);
/** The unit under which the header shows the account. */
export const unitName = computed(() => state.value?.roles[0]?.unit_name ?? "");

/** Somebody is signed in: a guest on the machine itself sees figures only. */
export const hasAccount = (): boolean => state.value !== null && !guest.value;

/** Whether a role reaches over the whole county: its unit is the county itself. */
export const isOfCounty = (): boolean => state.value?.roles.some((it) => it.unit === "" || it.unit.endsWith("000000")) ?? false;

/** The county of the account; every path of the API begins with it. */
export function county(): string {
  return state.value?.county ?? "";
}

export async function loadEntry(): Promise<Entry> {
  start.value ??= await take(api.GET("/api/v1/entry"));
  return start.value;
}

/** Reads who is signed in; null when nobody is. */
export async function loadMe(): Promise<Me | null> {
  const { data, response } = await api.GET("/api/v1/session");
  guest.value = false;
  state.value = response.ok && data ? data : null;
  return state.value;
}

/** Looks at the figures without an account, on this machine only; names stay masked. */
export function enterAsGuest(code: string): void {
  guest.value = true;
  state.value = {
    login: "", name: "未登录", county: code, roles: [], has_second_factor: false, session: "",
    permissions: ["unit.read", "campaign.read", "statistics.read", "statistics.export", "coverage.read", "coverage.export"],
  };
}

export async function signOut(): Promise<void> {
  if (!guest.value) await api.DELETE("/api/v1/session").catch(() => undefined);
  guest.value = false;
  state.value = null;
}
