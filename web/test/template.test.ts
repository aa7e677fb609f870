import { readFileSync } from "node:fs";
import { beforeEach, expect, test } from "vitest";
import { addable, addTo, canMove, COLUMNS, differences, type Form, formOf, idOf, isFixed, type Item, OBJECTS, OBLIGATIONS, type Part, PARTS, placeOf, takeFrom, type Template, templateOf } from "../src/office/features/administration/template";

/** As the server gives it out, with every field written. */
const template = (): Template => ({
  format: 1, key: "small", version: 3, name: "小模板", title: "{year}年统计表", period: { from: "07-01", to: "08-12", from_year: 0 }, deadlines: { 2024: "2024-08-12" },
  row: [
    { key: "troop", label: "驻军部队", unit: "个", enabled: true, instead: null, object: "troop", match: [], also: ["部队", "驻地、部队"] },
    { key: "disabled", label: "残疾军人", unit: "人", enabled: false, instead: "other", object: null, match: [{ classes: ["disabled_soldier"], grades: [1, 6], hardship: null }], also: [] },
    { key: "other", label: "其他", unit: "人", enabled: true, instead: null, object: null, match: [], also: [] },
  ],
  column: [{ value: "label", label: "类别" }, { value: "money", label: "慰问金" }],
  task: [{ key: "visit", label: "走访", duties: ["N17", "N18"], to: ["township"] }],
  obligation: [
    { kind: "principal_leader_visit", label: "主要领导", match: [], methods: [], at_least: 2 },
    { kind: "key_person_visit", label: "重点", match: [{ classes: ["old_demobilised"], grades: null, hardship: null }], methods: ["home"], at_least: 1 },
  ],
  payment: [{
    key: "gift", label: "慰问金", kind: "gift", amount_fen: 5000, periodic_allowance: true, classes: [], cap_fen: 0, budget_fen: 100_050, summary: null, base_date: null,
    amount: [{ classes: ["disabled_soldier"], grades: [1, 4], amount_fen: 8000 }], example: [{ classes: ["old_demobilised"], allowance: true, status: "normal", expect_fen: 5000 }],
  }],
  caps: { money_per_person_fen: 100_000, goods_per_person_fen: 0 },
  report_section: [{ key: "overall", label: "总体情况" }],
});
const read = (path: string) => readFileSync(new URL(path, import.meta.url), "utf8");
let form: Form;
beforeEach(() => { form = formOf(template()); });
const part = (name: string) => PARTS.find((it) => it.name === name) as Part;
const at = (list: Item[], place: number) => list[place] as Item;
const sent = () => templateOf(form, template(), 4);

test("what was not changed comes back as it was", () => {
  const { template: back, faults } = sent();
  expect(faults).toEqual({});
  expect(back).toEqual({ ...template(), version: 4 });
});

test("an emptied limit is no limit, an unreadable amount is refused at its field", () => {
  expect(form.caps).toEqual({ money_per_person_fen: "1000", goods_per_person_fen: "" });
  form.caps.money_per_person_fen = "";
  at(form.payment, 0).budget_fen = "２，０００．5元";
  expect(sent()).toMatchObject({ faults: {}, template: { caps: { money_per_person_fen: 0 }, payment: [{ budget_fen: 200_050 }] } });
  form.caps.goods_per_person_fen = "五百";
  Object.assign(at(form.payment, 0), { amount_fen: "", cap_fen: "-5", example: [{ expect_fen: "5o" }] });
  expect(Object.keys(sent().faults)).toEqual(["caps.goods_per_person_fen", "payment.gift.amount_fen", "payment.gift.cap_fen", "payment.gift.example.0"]);
});

test("names, numbers, days and conditions say what is wrong", () => {
  form.head.name = " ";
  form.period.to = "8月12日";
  at(form.row, 0).label = "";
  at(form.row, 1).match = [{ classes: [], grades: null, hardship: null }];
  at(form.obligation, 0).at_least = "两";
  expect(sent().faults).toEqual({
    "head.name": "不能为空", "period.to": "月日写成 07-01 这样", "row.troop.label": "不能为空", "row.disabled.match.0": "至少选一个优抚类别", "obligation.principal_leader_visit.at_least": "写 1 到 1000 之间的整数",
  });
  at(form.obligation, 0).at_least = "３";
  expect(sent().template.obligation?.[0]?.at_least).toBe(3);
});

test("fields of every kind are sent as the server reads them", () => {
  form.period.from_year = true;
  Object.assign(at(form.row, 1), { enabled: true, instead: "", object: "institution", also: " 伤残军人 \n\n残疾 " });
  Object.assign(at(form.task, 0), { duties: "N17", to: ["township", "village"] });
  expect(sent()).toMatchObject({ faults: {}, template: {
    period: { from_year: -1 }, row: [{}, { enabled: true, instead: null, object: "institution", also: ["伤残军人", "残疾"] }, {}], task: [{ duties: ["N17"], to: ["township", "village"] }],
  } });
});

test("a row is added above the last, with an id that no other version used", () => {
  expect(idOf(part("row"), addTo(part("row"), form, 4))).toBe("row_4_1");
  addTo(part("row"), form, 4);
  expect(form.row.map((it) => it.key)).toEqual(["troop", "disabled", "row_4_1", "row_4_2", "other"]);
  expect(form.row[2]).toMatchObject({ label: "", unit: "人", enabled: true, instead: "", match: [], also: "" });
  expect(sent().faults).toEqual({ "row.row_4_1.label": "不能为空", "row.row_4_2.label": "不能为空" });
  expect(addTo(part("task"), form, 4)).toMatchObject({ key: "task_4_1", to: [], duties: "" });
});

test("columns and obligations are added from what is left of theirs", () => {
  expect(addable(part("column"), form).map(([code]) => code)).toEqual(["leaders", "count", "goods", "total_wan", "help"]);
  expect(addTo(part("column"), form, 4, "help")).toEqual({ value: "help", label: "解决实际困难" });
  expect(addTo(part("obligation"), form, 4, "unit_active")).toMatchObject({ kind: "unit_active", at_least: "1", match: [] });
  expect(sent().template.obligation?.[2]).toEqual({ kind: "unit_active", label: "各单位开展走访", at_least: 1, methods: [], match: [] });
});

test("the last row stays the last, payments stay as they are", () => {
  expect([0, 1, 2].map((place) => [canMove(part("row"), form.row, place, -1), canMove(part("row"), form.row, place, 1)])).toEqual([[false, true], [true, false], [false, false]]);
  expect(isFixed(part("row"), form.row, 2)).toBe(true);
  expect(isFixed(part("payment"), form.payment, 0)).toBe(true);
  expect(canMove(part("column"), form.column, 0, 1)).toBe(true);
});

test("both templates side by side, and each difference can be taken", () => {
  const other = template();
  other.row = [other.row?.[1], { key: "new", label: "新行", unit: "人" }, { ...other.row?.[0], unit: "人" }, other.row?.[2]] as Item[];
  other.caps.money_per_person_fen = 50_000;
  other.payment = [{ ...at(other.payment ?? [], 0), example: [{ classes: ["old_demobilised"], allowance: true, expect_fen: 6000 }] }];
  const theirs = formOf(other);
  addTo(part("task"), form, 4).label = "我的任务";
  const found = differences(form, theirs);
  expect(found.map(({ field, mine, theirs: there }) => [field, mine, there])).toEqual([
    ["caps.money_per_person_fen", "1000", "500"], ["row.troop.unit", "个", "人"], ["row.new", "没有", "有"], ["row", "驻军部队、残疾军人、其他", "残疾军人、驻军部队、其他"],
    ["task.task_4_1", "有", "没有"], ["payment.gift.example", "老复员军人，享受定期抚恤补助：50", "老复员军人，享受定期抚恤补助：60"],
  ]);
  expect(found[1]?.label).toBe("统计表的行“驻军部队”：计数单位");
  for (const { field } of found) takeFrom(theirs, form, field);
  expect(differences(form, theirs)).toEqual([]);
  expect(form.row.at(-1)?.key).toBe("other");
});

test("a refusal of the server is shown at its field", () => {
  expect(placeOf("row[2].match[1].classes[1]", form)).toBe("row.disabled.match.0");
  expect(placeOf("row[1].also[2]", form)).toBe("row.troop.also");
  expect(placeOf("payment[1].example[1].expect_fen", form)).toBe("payment.gift.example.0");
  expect(placeOf("obligation[2].kind", form)).toBe("obligation.key_person_visit.label");
  expect([placeOf("title", form), placeOf("caps.money_per_person_fen", form), placeOf("period.to", form)]).toEqual(["head.title", "caps.money_per_person_fen", "period.to"]);
  expect([placeOf("deadlines.2024", form), placeOf("format", form), placeOf("row[9].unit", form), placeOf("", form)]).toEqual([null, null, null, null]);
});

test.each([["ObjectKind", OBJECTS], ["ColumnValue", COLUMNS], ["ObligationKind", OBLIGATIONS]])("%s: what can be chosen is what the server reads", (name, ours) => {
  const codes = [...read("../../crates/formats/src/campaign/decode.rs").matchAll(new RegExp(`\\("(\\w+)", ${name}::`, "g"))].map((it) => it[1]);
  expect(codes.length).toBeGreaterThan(0);
  expect(Object.keys(ours)).toEqual(codes);
});
