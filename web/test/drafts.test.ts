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
