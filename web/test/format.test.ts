import { expect, test } from "vitest";
import { newId } from "@/shared/api/id";
import { fileName } from "@/shared/api/client";
import { count, date, daysBetween, fenFrom, money, rate, time, wan, who, yuanShort } from "@/shared/format";
import { lampOf } from "@/office/components/lamp";
import { minutesLeft, stageAfter } from "@/office/layout/idle";
import { ruleOf } from "@/office/features/statistics/rule";
import { browserOf } from "@/office/features/me/browser";
import { searchTree, treeOf } from "@/shared/units";

test("money is printed from fen, 万元 rounded once", () => {
  expect(money(123450)).toBe("¥1,234.50");
  expect(money(-5)).toBe("-¥0.05");
  expect(money(null)).toBe("—");
  expect(yuanShort(150000)).toBe("1,500");
  expect(yuanShort(150050)).toBe("1,500.50");
  expect([wan(4_999), wan(5_000), wan(1_234_567), wan(123_456_789_00)]).toEqual(["0.00", "0.01", "1.23", "12,345.68"]);
  expect(count(6500)).toBe("6,500");
});

test("amounts are read as they are typed, and nothing else", () => {
  expect(["1,234.5", "１２３４．５０元", "¥200", " 0.05 "].map(fenFrom)).toEqual([123450, 123450, 20000, 5]);
  expect(["", "1.234", "12a", "1e3", "--1", "."].map(fenFrom)).toEqual([null, null, null, null, null, null]);
});

test("times are Shanghai's, whatever the machine's zone", () => {
  expect(time(Date.UTC(2026, 10, 23, 16, 5))).toBe("2026-11-24 00:05");
  expect(date(Date.UTC(2026, 10, 23, 15, 59))).toBe("2026-11-23");
  expect(daysBetween("2024-02-28", "2024-03-01")).toBe(2);
});

test("a share is cut, never rounded up to all", () => {
  expect([rate(1000, 999), rate(3, 3), rate(0, 0), rate(3, 2)]).toEqual(["99.9%", "100.0%", "—", "66.6%"]);
});

test("ids are UUIDv7 with the time in front", () => {
  const id = newId(0x0190_c8e4_8a00);
  expect(id).toMatch(/^0190c8e4-8a00-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(newId()).not.toBe(newId());
  // Made in one millisecond, or after the clock went back, they keep their order.
  const many = Array.from({ length: 10_000 }, (_, at) => newId(at < 5000 ? 0x0190_c8e4_9000 : 0x0190_c8e4_8000));
  expect(many).toEqual([...many].sort());
  expect(new Set(many).size).toBe(many.length);
});

test("a lamp says in words what its colour says", () => {
  expect(lampOf(3)).toEqual({ colour: "yellow", words: "剩3天" });
  expect(lampOf(4, undefined, true)).toEqual({ colour: "green", words: "剩4个工作日" });
  expect(lampOf(0).words).toBe("今天到期");
  expect(lampOf(-2)).toEqual({ colour: "red", words: "超期2天" });
  expect(lampOf(-2, "已报送")).toEqual({ colour: "green", words: "已报送" });
});

test("the desk is warned after 25 minutes and locked after 30", () => {
  const minute = 60_000;
  expect([0, 24.9, 25, 29.9, 30].map((it) => stageAfter(it * minute))).toEqual(["active", "active", "warned", "warned", "locked"]);
  expect(minutesLeft(25.5 * minute)).toBe(5);
});

test("why a row takes a visit is said in words", () => {
  const template = {
    version: 2,
    row: [
      { key: "troop", label: "驻军部队", unit: "个", object: "troop", also: ["部队"] },
      { key: "training", label: "训练部队", unit: "个", enabled: false, instead: "troop", object: "training_troop" },
      { key: "disabled", label: "残疾军人", unit: "人", match: [{ classes: ["disabled_soldier"], grades: [1, 4] as [number, number] }] },
      { key: "other", label: "其他", unit: "人" },
    ],
  };
  expect(ruleOf(template, "troop")?.sentences.join("")).toContain("训练部队");
  expect(ruleOf(template, "disabled")).toEqual({ sentences: ["名册上的身份是：残疾军人，残疾等级一级至四级。"], place: 2, version: 2 });
  expect(ruleOf(template, "other")?.sentences[0]).toContain("前面各行都不符合");
  expect(ruleOf(template, "training")).toBeNull();
});

test("a file's name is read from the answer", () => {
  expect(fileName("attachment; filename=\"x.xlsx\"; filename*=UTF-8''%E7%BB%9F%E8%AE%A1%E8%A1%A8.xlsx")).toBe("统计表.xlsx");
  expect(fileName(null)).toBeNull();
});

test("a browser is named as people know it", () => {
  const agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Safari/537.36";
  expect(browserOf(agent)).toBe("Chrome · Windows");
  expect(browserOf(null)).toBe("未知程序");
});

test("the tree begins where the account's units begin, and is searched with what is above", () => {
  const unit = (code: string, kind: string, parent: string | null, name: string) => ({ code, kind, parent, name, short_name: name, aliases: [] });
  const tree = treeOf([unit("2", "village", "1", "万胜坝村"), unit("1", "township", "0", "黄水镇"), unit("3", "village", "1", "大风堡村")]);
  expect(tree.map((it) => it.unit.name)).toEqual(["黄水镇"]);
  const found = searchTree(tree, "大风");
  expect(found[0]?.children.map((it) => it.unit.name)).toEqual(["大风堡村"]);
  expect(searchTree(tree, "黄水")[0]?.children).toHaveLength(2);
  expect(searchTree(tree, "无此")).toEqual([]);
});

test("who did it, in words", () => {
  expect(["account:zhang", "os:root", "token:交换", "zhang"].map(who)).toEqual(["zhang", "本机 root", "接口 交换", "zhang"]);
});
