import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { effectScope, nextTick, ref } from "vue";
import { draftCount, forgetDrafts, useDraft } from "@/shared/drafts";
import { enterAsGuest } from "@/shared/session";

beforeEach(() => {
  vi.useFakeTimers();
  localStorage.clear();
  enterAsGuest("500240");
});
afterEach(() => vi.useRealTimers());

/** A form that is opened, and closed again by `close`. */
function open() {
  const scope = effectScope();
  const form = ref({ name: "", note: "" });
  const draft = scope.run(() => useDraft("visit:new", form));
  if (!draft) throw new Error("no scope");
  return { form, draft, close: () => scope.stop() };
}

test("what was typed is there again when the form is opened again, until it is sent", async () => {
  const first = open();
  expect(first.draft.restoredAt).toBeNull();
  first.form.value.note = "腿脚不便";
  await nextTick();
  first.close();
  const second = open();
  expect(second.form.value).toEqual({ name: "", note: "腿脚不便" });
  expect(second.draft.restoredAt).not.toBeNull();
  expect(draftCount()).toBe(1);
  second.draft.done();
  second.close();
  expect(open().form.value.note).toBe("");
});

test("drafts belong to one account and do not stay for ever", async () => {
  const form = open();
  form.form.value.name = "甲";
  await nextTick();
  vi.advanceTimersByTime(400);
  expect(draftCount()).toBe(1);
  enterAsGuest("500101");
  expect(draftCount()).toBe(0);
  enterAsGuest("500240");
  vi.setSystemTime(Date.now() + 15 * 24 * 3600 * 1000);
  expect(open().form.value.name).toBe("");
  forgetDrafts();
  expect(localStorage.length).toBe(0);
});

test("giving up empties the form and the draft", async () => {
  const { form, draft } = open();
  form.value.name = "乙";
  await nextTick();
  vi.advanceTimersByTime(400);
  draft.giveUp();
  await nextTick();
  vi.advanceTimersByTime(400);
  expect(form.value.name).toBe("");
  expect(draftCount()).toBe(0);
});

/** A form that changes a record: nothing is kept before the record has come. */
function change(record: { name: string; note: string }, version: number) {
  const scope = effectScope();
  const form = ref({ name: "", note: "" });
  const draft = scope.run(() => useDraft("visit:1", form, { waits: true }));
  if (!draft) throw new Error("no scope");
  const from = draft.begin(record, version);
  return { form, draft, from, close: () => scope.stop() };
}

test("to open a record is not to type, and giving up goes back to the record", async () => {
  const opened = change({ name: "甲", note: "旧" }, 3);
  await nextTick();
  vi.advanceTimersByTime(400);
  expect(draftCount()).toBe(0);
  opened.form.value.note = "新";
  await nextTick();
  opened.close();
  expect(draftCount()).toBe(1);
  const again = change({ name: "甲", note: "旧" }, 3);
  expect([again.from, again.form.value.note]).toEqual([3, "新"]);
  again.draft.giveUp();
  await nextTick();
  expect([again.form.value, again.draft.restoredAt]).toEqual([{ name: "甲", note: "旧" }, null]);
  expect(draftCount()).toBe(0);
});

test("what was typed from an older version says so", async () => {
  const opened = change({ name: "甲", note: "旧" }, 3);
  opened.form.value.note = "新";
  await nextTick();
  opened.close();
  const later = change({ name: "乙", note: "旧" }, 4);
  // Only what was typed stands over the newer record.
  expect([later.from, later.form.value]).toEqual([3, { name: "乙", note: "新" }]);
  expect(later.draft.begin({ name: "丙", note: "旧" }, 5)).toBeNull();
  expect(later.form.value.name).toBe("乙");
});

test("the version is said again at each opening until the differences are settled", async () => {
  const opened = change({ name: "甲", note: "旧" }, 3);
  opened.form.value.note = "新";
  await nextTick();
  opened.close();
  const looked = change({ name: "乙", note: "旧" }, 4);
  await nextTick();
  vi.advanceTimersByTime(400);
  looked.close();
  const settled = change({ name: "乙", note: "旧" }, 4);
  expect(settled.from).toBe(3);
  settled.draft.begin({ name: "乙", note: "旧" }, 4);
  settled.form.value.note = "更新";
  await nextTick();
  settled.close();
  expect(change({ name: "乙", note: "旧" }, 4).from).toBe(4);
});

test("what was sent is no draft, though the form is filled with other empty rows", async () => {
  const scope = effectScope();
  const form = ref({ rows: [{ id: "a", text: "x" }] });
  const rows = (value: { rows: { text: string }[] }) => JSON.stringify(value.rows.map((it) => it.text).filter(Boolean));
  const draft = scope.run(() => useDraft("rows", form, { text: rows }));
  form.value = { rows: [{ id: "b", text: "" }, { id: "c", text: "" }] };
  draft?.done();
  await nextTick();
  vi.advanceTimersByTime(400);
  expect(draftCount()).toBe(0);
});
