// What was typed and not yet sent is kept in this browser, for each account apart, until it is sent or given up.
import { onScopeDispose, reactive, ref, type Ref, watch } from "vue";
import { me } from "./session";

const HEAD = "shuangyong:draft:";
const KEPT_MS = 14 * 24 * 3600 * 1000;

interface Kept<T> {
  at: number;
  /** The version of the record from which the typing began. */
  version?: number;
  /** The record from which it began; what is the same there was not typed. */
  begun?: Partial<T>;
  value: T;
}

function prefix(): string {
  return `${HEAD}${me.value?.county ?? ""}:${me.value?.login ?? ""}:`;
}

function read<T>(key: string): Kept<T> | null {
  try {
    const kept = JSON.parse(localStorage.getItem(key) ?? "null") as Kept<T> | null;
    if (kept && Date.now() - kept.at < KEPT_MS) return kept;
    // What is too old is of no use and may name people.
    localStorage.removeItem(key);
    return null;
  } catch {
    return null;
  }
}

/** What is typed over a newer record: the fields of `mine` that differ from `base`, and `theirs` in all others. */
export function merged<T extends object>(mine: T, base: Partial<T>, theirs: T): T {
  const typed = Object.entries(mine).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(base[name as keyof T]));
  return { ...theirs, ...Object.fromEntries(typed) };
}

/**
 * Keeps `form` under `name` while it differs from its beginning; what an earlier visit left is put back.
 *
 * A form that changes a record `waits` for it: call `begin(value, version)` when it has come. Nothing is kept before,
 * and what an earlier visit left is put over the record then; `begin` answers with the version from which that was
 * typed, to be sent as `If-Match` or shown as a conflict. Called again, it only sets what the form is compared with: the
 * differences are settled, and what is typed from here on is typed from that version.
 *
 * `restoredAt` is when the restored was typed, or null. Call `done()` after sending, `giveUp()` to begin anew.
 */
export function useDraft<T extends object>(name: string, form: Ref<T>, options: { waits?: boolean; text?: (value: T) => string } = {}) {
  const key = prefix() + name;
  const text = options.text ?? ((value: T) => JSON.stringify(value));
  const kept = read<T>(key);
  const restoredAt = ref<number | null>(null);
  const restore = () => {
    if (!kept) return;
    form.value = merged(kept.value, kept.begun ?? {}, form.value);
    restoredAt.value = kept.at;
  };
  /** What `giveUp` goes back to, and what the form is compared with. */
  let beginning = JSON.stringify(form.value);
  let compared = text(form.value);
  /** The record's version, and the one from which the form was typed: what was put back keeps its own. */
  let recent: number | undefined;
  let version: number | undefined;
  let hasBegun = !options.waits;
  if (hasBegun) restore();
  const begin = (value: T, from: number): number | null => {
    [beginning, compared, recent, version] = [JSON.stringify(value), text(value), from, from];
    if (hasBegun) return null;
    hasBegun = true;
    version = kept?.version ?? from;
    form.value = JSON.parse(beginning) as T;
    restore();
    return kept?.version ?? null;
  };
  let timer: ReturnType<typeof setTimeout> | undefined;
  const save = () => {
    clearTimeout(timer);
    timer = undefined;
    if (!hasBegun) return;
    try {
      if (text(form.value) === compared) localStorage.removeItem(key);
      else localStorage.setItem(key, JSON.stringify({ at: Date.now(), version, begun: options.waits ? JSON.parse(beginning) : undefined, value: form.value }));
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
    restoredAt.value = null;
    // What is there now was sent; only what is typed from here on is a draft.
    compared = text(form.value);
    localStorage.removeItem(key);
  };
  const giveUp = () => {
    form.value = JSON.parse(beginning) as T;
    version = recent;
    done();
  };
  return reactive({ restoredAt, begin, done, giveUp });
}

/** Forgets what anybody left here too long ago. */
export function sweepDrafts(): void {
  const all = Array.from({ length: localStorage.length }, (_, place) => localStorage.key(place) ?? "");
  for (const key of all.filter((it) => it.startsWith(HEAD))) read(key);
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
