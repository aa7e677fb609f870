import { beforeEach, expect, test } from "vitest";
import { effectScope, ref } from "vue";
import { merged, useDraft } from "@/shared/drafts";
import { enterAsGuest } from "@/shared/session";
import { useChange } from "../src/office/components/change";

beforeEach(() => {
  localStorage.clear();
  enterAsGuest("500240");
});

test("what was not typed takes the other's value", () => {
  expect(merged({ a: "1", b: ["x"], c: "neu" }, { a: "1", b: ["x"], c: "alt" }, { a: "2", b: ["y"], c: "ihr" })).toEqual({ a: "2", b: ["y"], c: "neu" });
  expect(merged({ a: "1" }, {}, { a: "2" })).toEqual({ a: "1" });
});

function opened() {
  const form = ref({ village: "", phone: "", note: "" });
  const change = effectScope().run(() => useChange(form, useDraft("person:1", form, { waits: true })));
  if (!change) throw new Error("no scope");
  change.start({ village: "甲村", phone: "1", note: "旧" }, 3);
  return { form, change, rows: change.rowsOf([["village", "村"], ["phone", "电话"], ["note", "备注"]], (it, field) => it[field]) };
}

test("a colleague's change is taken along, and only what both changed is asked about", () => {
  const { form, change, rows } = opened();
  expect([change.version.value, rows.value]).toEqual([3, []]);
  form.value.note = "我的";
  change.clash({ village: "乙村", phone: "1", note: "别人的" }, 4);
  expect(form.value).toEqual({ village: "乙村", phone: "1", note: "我的" });
  expect(rows.value).toEqual([{ field: "note", label: "备注", mine: "我的", theirs: "别人的" }]);
  expect(change.version.value).toBe(3);
  change.takeTheirs("note");
  expect(rows.value).toEqual([]);
  change.settle();
  expect([change.version.value, change.base.value?.village, change.theirs.value]).toEqual([4, "乙村", null]);
});

test("to give up goes back to what is kept now, not to what was opened", () => {
  const { form, change } = opened();
  form.value.note = "我的";
  change.clash({ village: "乙村", phone: "1", note: "别人的" }, 4);
  change.giveUp();
  expect([form.value, change.version.value]).toEqual([{ village: "乙村", phone: "1", note: "别人的" }, 4]);
});
