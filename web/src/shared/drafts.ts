// What was typed and not yet sent is kept in this browser, for each account apart, until it is sent or given up.
import { onScopeDispose, type Ref, watch } from "vue";
import { me } from "./session";

const HEAD = "shuangyong:draft:";
const KEPT_MS = 14 * 24 * 3600 * 1000;

interface Kept<T> {
  at: number;
  value: T;
}

function prefix(): string {
  return `${HEAD}${me.value?.county ?? ""}:${me.value?.login ?? ""}:`;
}

function read<T>(key: string): Kept<T> | null {
  try {
    const kept = JSON.parse(localStorage.getItem(key) ?? "null") as Kept<T> | null;
    return kept && Date.now() - kept.at < KEPT_MS ? kept : null;
  } catch {
    return null;
  }
}

/**
 * Keeps `form` under `name` while it differs from its beginning; what an earlier visit left is put back.
 * `restoredAt` is when that was typed, or null. Call `done()` after sending, `giveUp()` to begin anew.
 */
export function useDraft<T extends object>(name: string, form: Ref<T>) {
  const key = prefix() + name;
  const beginning = JSON.stringify(form.value);
  const kept = read<T>(key);
  if (kept) form.value = { ...form.value, ...kept.value };
  let timer: ReturnType<typeof setTimeout> | undefined;
  const save = () => {
    clearTimeout(timer);
    timer = undefined;
    const text = JSON.stringify(form.value);
    try {
      if (text === beginning) localStorage.removeItem(key);
      else localStorage.setItem(key, `{"at":${Date.now()},"value":${text}}`);
    } catch {
      // The browser keeps nothing (private window, full): the page itself still holds what was typed.
    }
  };
  watch(form, () => {
    clearTimeout(timer);
    timer = setTimeout(save, 300);
  }, { deep: true });
  onScopeDispose(() => timer !== undefined && save());
  const done = () => {
    clearTimeout(timer);
    timer = undefined;
    localStorage.removeItem(key);
  };
  const giveUp = () => {
    form.value = JSON.parse(beginning) as T;
    done();
  };
  return { restoredAt: kept?.at ?? null, done, giveUp };
}

/** How many drafts the account has here. */
export function draftCount(): number {
  return keys().filter((key) => read(key)).length;
}

/** Forgets the account's drafts here. */
export function forgetDrafts(): void {
  for (const key of keys()) localStorage.removeItem(key);
}

function keys(): string[] {
  const all = Array.from({ length: localStorage.length }, (_, place) => localStorage.key(place) ?? "");
  return all.filter((key) => key.startsWith(prefix()));
}
