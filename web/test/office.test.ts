// What pages decide before they show or send something.
import { expect, test } from "vitest";
import { featureRoutes } from "../src/office/feature";
import { chosenOf, refusedOf } from "../src/office/features/confirmation/bulk";
import { exportedWithout } from "../src/office/features/payments/blocked";
import { chaseOf, isOpen, lacksAccount, named } from "../src/office/features/submissions/chase";
import { sameAsLast } from "../src/office/features/submissions/same";
import { moneyOf } from "../src/office/features/supervision/sources";
import { saidOf, villagesOf } from "../src/office/features/visits/villages";

const line = (id: string, version = 1) => ({ id, version });
const idOf = (it: { id: string }) => it.id;

test("who is chosen on one page stays chosen on the next, and is known as it is now", () => {
  const first = chosenOf(new Map<string, ReturnType<typeof line>>(), ["a", "b"], [line("a"), line("b")], idOf);
  const both = chosenOf(first, ["a", "b", "c"], [line("c")], idOf);
  expect([...both.keys()]).toEqual(["a", "b", "c"]);
  expect([...chosenOf(both, ["b", "c"], [line("c")], idOf).keys()]).toEqual(["b", "c"]);
  expect(chosenOf(both, both.keys(), [line("a", 2)], idOf).get("a")?.version).toBe(2);
  expect(chosenOf(both, ["nobody"], [], idOf).size).toBe(0);
});

test("refusals of a bulk name the person and the reason", () => {
  const persons = [{ id: "1", name: "谭三" }, { id: "2", name: "马四" }];
  const answers = [{ person: "1", became: "added", problem: null }, { person: "2", problem: { detail: "该人员现为“去世”，不需要年度确认" } as never }];
  expect(refusedOf(persons, answers)).toEqual([{ id: "2", name: "马四", reason: "该人员现为“去世”，不需要年度确认" }]);
  expect(refusedOf(persons, [])).toEqual([]);
});

const village = (code: string) => ({ code, name: `${code}村` });
let number = 0;
const makeId = () => `id${(number += 1)}`;

test("open persons are sorted by village, each part with an id that stays", () => {
  const many = Array.from({ length: 501 }, (_, at) => ({ person: `p${at}`, village: village("1") }));
  const { groups, loose } = villagesOf([...many, many[0]!, { person: "x", village: null }, { person: "y", village: village("2") }], makeId);
  expect(loose).toBe(1);
  expect(groups.map((it) => [it.village.code, it.count, it.parts.map((part) => part.persons.length)])).toEqual([["1", 501, [500, 1]], ["2", 1, [1]]]);
  expect(new Set(groups.flatMap((it) => it.parts.map((part) => part.id))).size).toBe(3);
  expect(villagesOf([], makeId)).toEqual({ groups: [], loose: 0 });
});

test("everybody is visited only when nobody is open", () => {
  const { groups } = villagesOf([{ person: "y", village: village("2") }], makeId);
  const said = (it: object) => saidOf({ groups: [], loose: 0, arranged: 0, isCut: false, ...it });
  expect(said({})).toEqual(["都走访到了。"]);
  expect(said({ loose: 3 })).toEqual(["有 3 人没有登记村，请在名册里补填。"]);
  expect(said({ arranged: 2 })).toEqual(["没有走访的 2 人都已在走访安排里。"]);
  expect(said({ groups })).toEqual([]);
  expect(said({ groups, loose: 1, arranged: 2 })).toEqual(["另有 1 人没有登记村，请在名册里补填。", "另有 2 人已在走访安排里，没有再列。"]);
  expect(said({ groups, isCut: true })[0]).toContain("5,000");
});

const unit = (name: string, standing: string, has_account = true) => ({ unit: { code: name, name }, standing, has_account });

test("a chase passes over whoever has sent the table and names whom it does not reach", () => {
  const units = [unit("甲", "missing", true), unit("乙", "submitted", true), unit("丙", "returned", false), unit("丁", "accepted"), unit("戊", "missing")];
  const all = chaseOf(units, ["甲", "乙", "丙", "丁"]);
  expect(all.asked).toEqual(["甲", "丙"]);
  expect(all.text).toContain("其中 2 个单位已经报送，不催办：乙、丁。");
  expect(all.text).toContain("丙还没有账号，收不到，请电话通知。");
  expect(chaseOf(units, ["乙", "丁"]).asked).toEqual([]);
  expect(chaseOf(units, ["甲"]).text).toBe("单位的经办和负责人会在消息里看到，看到的时间会记下来。");
  expect(units.filter(isOpen).map((it) => it.unit.name)).toEqual(["甲", "丙", "戊"]);
  expect(units.map(lacksAccount)).toEqual([false, false, true, false, false]);
  expect(named(units, 2)).toBe("甲、乙等 5 个单位");
});

test("a table is the same as the last version, not as an earlier one", () => {
  const versions = [{ version: 1, sm3: "a" }, { version: 2, sm3: "b" }];
  expect([sameAsLast(versions, "b"), sameAsLast(versions, "a"), sameAsLast([], "a")]).toEqual([2, null, null]);
});

test("money by source is the chosen township's, else the whole's, and says whose", () => {
  const of = (name: string, county: number, own = 0) => ({ unit: { code: name, name }, money: { county, own, donation: 0, unstated: 0 } });
  const all = { county: of("石柱", 900, 50), townships: [of("黄水镇", 300), of("冷水镇", 200, 10)] };
  const fen = (found: ReturnType<typeof moneyOf>) => [found.of, ...found.parts.map((it) => it.fen)];
  expect(fen(moneyOf(all, ""))).toEqual(["全县", 900, 50]);
  expect(fen(moneyOf(all, "黄水镇"))).toEqual(["黄水镇", 300]);
  expect(fen(moneyOf(all, "某村"))).toEqual(["全县", 900, 50]);
  expect(fen(moneyOf({ townships: all.townships }, ""))).toEqual(["我的全部范围", 500, 10]);
  expect(fen(moneyOf(undefined, ""))).toEqual(["我的全部范围"]);
});

test("an export without some lines says how many and whom", () => {
  const blocked = Array.from({ length: 6 }, (_, at) => ({ seq: at + 1, name: "张*", status: "去世" }));
  expect(exportedWithout([])).toBe("");
  expect(exportedWithout(blocked.slice(0, 1))).toBe("代发文件已导出，可以下载；其中不含审批之后有变动的 1 笔，这些笔已经取消：第1笔 张*（去世）");
  expect(exportedWithout(blocked)).toMatch(/的 6 笔.*第5笔 张\*（去世）等$/);
});

test.each(["roster", "visit"])("the link of a finished check of a %s file leads to its plan", (kind) => {
  const route = featureRoutes.find((it) => it.path === `${kind}/plans/:id`);
  const redirect = route?.redirect as (to: { params: { id: string } }) => unknown;
  expect(route?.meta?.permission).toBe("import.read");
  expect(redirect({ params: { id: "7" } })).toEqual({ path: "/imports", query: { kind, plan: "7" } });
});
