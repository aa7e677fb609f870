// A change of a record in a form: the draft over it, the version from which it starts, and what somebody else saved
// meanwhile, beside what is typed here.
import { computed, type Ref, ref, shallowRef } from "vue";
import { merged, type useDraft } from "@/shared/drafts";

interface Recorded<F> { form: F; version: number }

/**
 * `start` when the record has come; `clash` when the server says that it was changed. Fields that were not touched here
 * then take the other's value, so that only what both touched is left to decide; `settle` when that was done.
 */
export function useChange<F extends object>(form: Ref<F>, draft: ReturnType<typeof useDraft<F>>) {
  /** The record from which the change starts; null for a new one. */
  const base = shallowRef<F | null>(null);
  const version = ref<number | null>(null);
  const theirs = shallowRef<Recorded<F> | null>(null);
  function start(record: F, at: number) {
    base.value = record;
    version.value = draft.begin(record, at) ?? at;
    if (version.value !== at) theirs.value = { form: record, version: at };
  }
  function clash(record: F, at: number) {
    form.value = merged(form.value, base.value ?? {}, record);
    base.value = record;
    theirs.value = { form: record, version: at };
  }
  function settle() {
    if (!theirs.value) return;
    version.value = theirs.value.version;
    draft.begin(theirs.value.form, theirs.value.version);
    theirs.value = null;
  }
  function giveUp() {
    // Back to what is kept now, which is not what the form began with when somebody else changed it.
    settle();
    draft.giveUp();
  }
  /** The fields in which the two differ, in words. */
  const rowsOf = (labels: readonly (readonly [keyof F & string, string])[], words: (form: F, field: keyof F & string) => string) => computed(() => {
    const other = theirs.value?.form;
    if (!other) return [];
    return labels.map(([field, label]) => ({ field, label, mine: words(form.value, field), theirs: words(other, field) })).filter((it) => it.mine !== it.theirs);
  });
  function takeTheirs(...fields: (keyof F)[]) {
    const other = theirs.value?.form;
    if (other) for (const field of fields) form.value[field] = JSON.parse(JSON.stringify(other[field])) as F[keyof F];
  }
  return { base, version, theirs, start, clash, settle, giveUp, rowsOf, takeTheirs };
}
