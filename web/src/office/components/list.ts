// Lists: filters live in the address (a link shows the same list, Back restores it), pages go by the server's cursor.
import { keepPreviousData, useQuery } from "@tanstack/vue-query";
import { computed, reactive, ref, watch } from "vue";
import { useRoute, useRouter } from "vue-router";
import { me } from "@/shared/session";

export type Filters = Record<string, string>;
export const PAGE_SIZES = [20, 50, 100] as const;

export interface PageOf<T> {
  items: T[];
  next?: string | null;
}

/** Where the browser's history keeps filters that are not for the address: whose, and of which page. */
const HIDDEN = "filters";
type Hidden = { login: string; path: string; values: Filters };

/**
 * Filters that mirror the address. `form` is what is being typed, `applied` what the list shows; `query()` applies
 * the form, `reset()` goes back to `defaults`. Those of `hidden` may name people: they stand in the history of this
 * browser tab, where Back finds them, and not in the address, which is copied, kept and written into logs.
 */
export function useFilters<F extends Filters>(defaults: F, hidden: readonly (keyof F & string)[] = []) {
  const route = useRoute();
  const router = useRouter();
  const path = route.path;
  const names = Object.keys(defaults) as (keyof F & string)[];

  function fromAddress(): F {
    const found = { ...defaults };
    const kept = (hidden.length > 0 ? history.state?.[HIDDEN] : null) as Hidden | null | undefined;
    // Another account on the same computer, or another page, has nothing to do with it.
    const own = kept?.login === me.value?.login && kept?.path === path ? kept?.values : null;
    for (const name of names) {
      const value = hidden.includes(name) ? own?.[name] : route.query[name];
      if (typeof value === "string") found[name] = value as F[typeof name];
    }
    return found;
  }

  const applied = ref(fromAddress()) as { value: F };
  const form = reactive(fromAddress()) as F;

  async function apply(values: F) {
    const query = { ...route.query };
    const secret: Filters = {};
    for (const name of names) {
      const value = (values[name] ?? "").trim();
      if (hidden.includes(name)) {
        delete query[name];
        secret[name] = value;
      } else if (value === defaults[name]) delete query[name];
      else query[name] = value;
    }
    // Forced, because to the router an address with another state is the same.
    const kept: Hidden = { login: me.value?.login ?? "", path, values: secret };
    await router.replace(hidden.length > 0 ? { query, state: { [HIDDEN]: kept }, force: true } : { query });
    read();
  }

  function read() {
    // Another page's address is not ours.
    if (route.path !== path) return;
    const now = fromAddress();
    if (JSON.stringify(now) !== JSON.stringify(applied.value)) applied.value = now;
    Object.assign(form, now);
  }
  watch(() => route.query, read);

  return {
    form,
    applied: computed(() => applied.value),
    query: () => apply({ ...form }),
    reset: () => apply({ ...defaults }),
    set: (changes: Partial<F>) => apply({ ...form, ...changes }),
  };
}

const SIZE_KEY = "shuangyong:page-size";

function keptSize(): number {
  const size = Number(localStorage.getItem(SIZE_KEY));
  return (PAGE_SIZES as readonly number[]).includes(size) ? size : 20;
}

/**
 * Pages of a list whose `fetch` takes a cursor and a limit. `key` names the list and holds what it depends on; when
 * it changes, the list begins anew.
 */
export function usePages<T>(key: () => unknown[], fetch: (cursor: string | undefined, limit: number) => Promise<PageOf<T>>, enabled: () => boolean = () => true) {
  const cursors = ref<string[]>([]);
  const size = ref(keptSize());
  const begin = computed(() => JSON.stringify(key()));
  watch(begin, () => {
    cursors.value = [];
  });
  const cursor = computed(() => cursors.value.at(-1));
  const answer = useQuery({
    queryKey: computed(() => [...key(), size.value, cursor.value ?? ""]),
    queryFn: () => fetch(cursor.value, size.value),
    placeholderData: keepPreviousData,
    enabled: computed(enabled),
  });
  return reactive({
    items: computed<T[]>(() => answer.data.value?.items ?? []),
    /** Nothing has come yet. */
    isLoading: answer.isPending,
    /** The page before is still shown. */
    isStale: answer.isPlaceholderData,
    error: answer.error,
    again: () => void answer.refetch(),
    page: computed(() => cursors.value.length + 1),
    hasNext: computed(() => Boolean(answer.data.value?.next) && !answer.isPlaceholderData.value),
    size: computed(() => size.value),
    next: () => {
      const next = answer.data.value?.next;
      if (next) cursors.value.push(next);
    },
    back: () => {
      cursors.value.pop();
    },
    first: () => {
      cursors.value = [];
    },
    resize: (to: number) => {
      size.value = to;
      cursors.value = [];
      localStorage.setItem(SIZE_KEY, String(to));
    },
  });
}
