import { expect, test } from "vitest";
import { cellsOf, dateFrom, doubtsOf, faultsOf, goodsFrom, headOf, helpFrom, overwritten, paste, type Row, sumsOf, typedOf, visitOf } from "../src/office/features/visits/grid";

let number = 0;
const make = (): Row => ({ id: String((number += 1)), cells: {} });

test.each([
  ["a\tb\r\nc\td\r\n", [["a", "b"], ["c", "d"]]],
  ['"一\n二"\t"他说""好"""\n', [["一\n二", '他说"好"']]],
  ["单格", [["单格"]]],
])("cells of %j", (text, cells) => expect(cellsOf(text)).toEqual(cells));

test.each([
  ["2026/1/5", "2026-01-05"], ["2026年12月31日", "2026-12-31"], ["２０２６.2.28", "2026-02-28"], ["2026-02-30", null], ["一月", null],
])("date %s", (text, day) => expect(dateFrom(text)).toBe(day));

test("goods and help as they are written", () => {
  expect(goodsFrom("大米1袋、食用油２桶，棉被")).toEqual([{ name: "大米", quantity: 1, unit: "袋" }, { name: "食用油", quantity: 2, unit: "桶" }, { name: "棉被", quantity: 1, unit: "" }]);
  expect(helpFrom("看病就医1、住房改造2件")).toEqual({ medical: 1, housing: 2 });
  expect(helpFrom("修路1")).toBeNull();
});

test("a pasted head puts the columns where they belong, and rows grow", () => {
  expect(headOf(["姓名", "金额"])).toEqual(["name", "money"]);
  expect(headOf(["谭三", "500"])).toBeNull();
  const rows = paste([make()], "日期\t姓名\t慰问金\t不认识\n2026-1-5\t谭三\t500\tx\n2026-1-6\t马四\t300\ty\n", { row: 0, column: 4 }, make);
  expect(rows.map((it) => it.cells)).toEqual([{ visited_on: "2026-1-5", name: "谭三", money: "500" }, { visited_on: "2026-1-6", name: "马四", money: "300" }]);
});

test("pasting without a head begins at the cell and keeps what is left of it", () => {
  const rows = paste([{ id: "a", cells: { visited_on: "2026-01-05" } }], "登门看望\t谭三", { row: 0, column: 1 }, make);
  expect(rows[0]?.cells).toEqual({ visited_on: "2026-01-05", method: "登门看望", name: "谭三" });
});

test("faults name the column, an empty row has none", () => {
  expect(faultsOf(make(), "2026-01-10")).toEqual({});
  const faults = faultsOf({ id: "a", cells: { visited_on: "2026-02-01", method: "飞鸽传书", money: "五百", name: "谭三" } }, "2026-01-10");
  expect(Object.keys(faults).sort()).toEqual(["method", "money", "visited_on"]);
  expect(faultsOf({ id: "a", cells: { visited_on: "2026-01-01", method: "登门看望", name: "谭三", money: "500" } }, "2026-01-10")).toEqual({ money_source: "有慰问金，请写资金来源" });
});

test("a row becomes a visit in fen and codes, and sums follow", () => {
  const row: Row = { id: "a", cells: { visited_on: "2026年1月5日", method: "登门看望", name: "谭三", money: "1,000.5", money_source: "本单位", goods: "大米1袋", goods_value: "60" } };
  expect(visitOf(row, "chunjie-2026", "500240100000")).toMatchObject({
    visited_on: "2026-01-05", method: "home", name: "谭三", money_fen: 100_050, money_source: "own", goods_fen: 6_000, goods: [{ name: "大米", quantity: 1, unit: "袋" }],
  });
  const handed: Row = { id: "b", cells: { name: "谭四", money: "300", money_source: "县级下拨" } };
  expect(sumsOf([row, handed, make()])).toEqual({ rows: 2, money: 130_050, county: 30_000, goods: 6_000 });
});

test("pasting amounts beside a picked person leaves the person; another name does not", () => {
  const picked: Row = { id: "a", person: "p", cells: { name: "谭三", citizen: "512325********0017" } };
  expect(paste([picked], "500\t本单位", { row: 0, column: 5 }, make)[0]).toEqual({ ...picked, cells: { ...picked.cells, money: "500", money_source: "本单位" } });
  expect(paste([picked], "谭三\t", { row: 0, column: 2 }, make)[0]?.person).toBe("p");
  expect(paste([picked], "谭四", { row: 0, column: 2 }, make)[0]?.person).toBeUndefined();
});

test("how many filled cells a paste would change", () => {
  const before: Row[] = [{ id: "a", cells: { money: "500", note: " " } }, { id: "b", cells: { money: "300" } }];
  const after = paste(before, "600\n300\n700", { row: 0, column: 5 }, make);
  expect([overwritten(before, after), after.length]).toEqual([1, 3]);
  expect(overwritten(before, before)).toBe(0);
});

const period = { from: "2024-07-01", to: "2024-08-12" };
test("a day that is not there is told from one that is badly written, and the example is of the campaign", () => {
  const said = (visited_on: string) => faultsOf({ id: "a", cells: { visited_on, method: "登门看望", name: "谭三" } }, "2026-01-10", period).visited_on;
  expect([said("2024-02-30"), said("昨天"), said("2024.2.29"), said("2.30")]).toEqual(["2月没有30日，请核对", "日期写成 2024-08-12 这样", undefined, "2月没有30日，请核对"]);
});

test("a day without a year is of the campaign, also of one that runs over the new year", () => {
  expect([dateFrom("7.15", period), dateFrom("7月16日", period), dateFrom("20240716", period), dateFrom("7.15")]).toEqual(["2024-07-15", "2024-07-16", "2024-07-16", null]);
  const spring = { from: "2025-12-20", to: "2026-02-20" };
  expect([dateFrom("12.25", spring), dateFrom("1/5", spring), dateFrom("8.1", spring)]).toEqual(["2025-12-25", "2026-01-05", "2026-08-01"]);
});

test("words that clerks write are understood as in a file", () => {
  const row: Row = { id: "a", cells: { visited_on: "7.15", method: "入户走访", name: "谭三", money: "500", money_source: "县级下拨慰问金", leader_name: "马平", leader_kind: "一把手", help: "看病1" } };
  expect(faultsOf(row, "2026-01-10", period)).toEqual({});
  expect(visitOf(row, "bayi-2024", "黄水镇", period)).toMatchObject({ visited_on: "2024-07-15", method: "home", money_source: "county", leader_kind: "principal", help: { medical: 1 } });
  expect(sumsOf([row]).county).toBe(50_000);
});

test("letters are no name, and a day outside the campaign is doubtful", () => {
  expect(faultsOf({ id: "a", cells: { visited_on: "7.15", method: "登门看望", name: "csj" } }, "2026-01-10", period).name).toContain("姓名写汉字");
  expect(doubtsOf({ id: "a", cells: { visited_on: "2023/7/16" } }, period).visited_on).toContain("不在活动期间");
  expect(doubtsOf({ id: "a", cells: { visited_on: "2024/7/16" } }, period)).toEqual({});
});

test("a leader without a kind is doubtful, not wrong", () => {
  expect(doubtsOf({ id: "a", cells: { leader_name: "马平" } }).leader_kind).toContain("不计入带头入户");
  expect(doubtsOf({ id: "a", cells: { leader_title: "镇长", leader_kind: "主要领导" } })).toEqual({});
  expect(doubtsOf({ id: "a", cells: { name: "谭三" } })).toEqual({});
});

test("other empty rows are the same sheet, another person is not", () => {
  const row: Row = { id: "a", cells: { name: "谭三" } };
  expect(typedOf([row, make()])).toBe(typedOf([make(), { ...row, id: "z" }]));
  expect(typedOf([row])).not.toBe(typedOf([{ ...row, person: "p" }]));
});
