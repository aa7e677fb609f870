// A campaign's template as it is edited: what of each part can be changed, with numbers and amounts as they are typed,
// and back to what the server judges. What is described here is edited by one list and one field component.
import { fenFrom, yuanShort } from "@/shared/format";
import { UNIT_KINDS } from "@/shared/units";
import { classLabel, gradeText, METHODS, statusLabel } from "@/shared/words";
import { type Match, matchText } from "../statistics/rule";

export type Item = Record<string, unknown>;
export type PartName = "row" | "column" | "task" | "obligation" | "payment" | "report_section";
export type Template = { version: number; period: Item; caps: Item } & Partial<Record<PartName, Item[]>> & Item;
/** The same as texts and choices. `head` is what stands above all parts. */
export type Form = Record<"head" | "period" | "caps", Item> & Record<PartName, Item[]>;
/** What is wrong, by its place: `caps.money_per_person_fen`, `row.troop.unit`, `payment.bayi_gift.example.0`. */
export type Faults = Record<string, string>;
type Words = Record<string, string>;

interface Common {
  name: string;
  label: string;
  hint?: string;
  wide?: boolean;
  required?: boolean;
  /** Only for some items. */
  when?: (item: Item) => boolean;
}
export type Field = Common & (
  | { kind: "text"; like?: [RegExp, string] }
  /** A list of words, one in a line. */
  | { kind: "lines" }
  /** An amount in 元; empty is 0, which is no limit. */
  | { kind: "fen" }
  | { kind: "number"; from: number; to: number; usual: number }
  | { kind: "flag"; on?: unknown; off?: unknown; usual: unknown }
  | { kind: "choice"; of: Words | ((form: Form, item: Item) => Words); empty?: string }
  | { kind: "choices"; of: Words }
  /** Conditions on a person's identities, any of which is enough. */
  | { kind: "matches" }
  /** Items of which only the amount is edited. */
  | { kind: "each"; fen: string; words: (one: Item) => string }
);
export interface Part {
  name: PartName;
  title: string;
  /** The field that tells the items apart and is never changed. */
  id: string;
  fields: Field[];
  /** Words on the button that adds one; left out where none can be added, moved or taken away. */
  add?: string;
  /** What the ids can be; else a new id is made. */
  among?: Words;
  /** There must be one. */
  needed?: boolean;
  /** The last takes whatever no other takes, and stays the last. */
  hasRest?: boolean;
}

export const OBJECTS: Words = { troop: "驻军部队", training_troop: "训练/演习部队", institution: "优抚事业单位", own_unit_veteran: "本单位退役军人" };
export const COLUMNS: Words = { label: "类别", leaders: "带队领导", count: "走访慰问人数", money: "慰问金", goods: "慰问品", total_wan: "合计（万元）", help: "解决实际困难" };
export const OBLIGATIONS: Words = {
  key_person_visit: "重点对象走访", principal_leader_visit: "主要领导带头走访", deputy_leader_visit: "分管领导带头走访",
  unit_active: "各单位开展走访", universal_visit: "普遍走访", hardship_help: "困难帮扶",
};
const DAY: [RegExp, string] = [/^\d\d-\d\d$/, "月日写成 07-01 这样"];
export const LABEL: Field = { name: "label", label: "名称", kind: "text", required: true };
const GRADES = (one: Item) => {
  const [low, high] = (one.grades ?? []) as number[];
  return low && high ? `，${gradeText(low)}至${gradeText(high)}` : "";
};

export const HEAD: { name: "head" | "period" | "caps"; fields: Field[] }[] = [
  { name: "head", fields: [
    { name: "name", label: "名称", kind: "text", required: true },
    { name: "title", label: "表头", kind: "text", required: true, wide: true, hint: "{year} 为年份，{place} 为县的简称" },
  ] },
  { name: "period", fields: [
    { name: "from", label: "走访从哪一天起", kind: "text", required: true, like: DAY, hint: "月日，如 07-01" },
    { name: "to", label: "到哪一天止", kind: "text", required: true, like: DAY, hint: "月日，如 08-12" },
    { name: "from_year", label: "开始的日子在上一年", kind: "flag", on: -1, off: 0, usual: 0 },
  ] },
  { name: "caps", fields: [
    { name: "money_per_person_fen", label: "每人慰问金超过（元）提醒", kind: "fen", hint: "空着就是不限" },
    { name: "goods_per_person_fen", label: "每人慰问品超过（元）提醒", kind: "fen", hint: "空着就是不限" },
  ] },
];
const isLeaders = (it: Item) => it.kind === "principal_leader_visit" || it.kind === "deputy_leader_visit";
export const PARTS: Part[] = [
  { name: "row", title: "统计表的行", id: "key", add: "加一行", needed: true, hasRest: true, fields: [
    { name: "enabled", label: "启用", kind: "flag", usual: true },
    { name: "unit", label: "计数单位", kind: "choice", of: { 人: "人", 户: "户", 个: "个" }, hint: "只有部队和优抚事业单位按“个”计" },
    { name: "object", label: "走访对象", kind: "choice", of: OBJECTS, empty: "名册上的人" },
    { name: "instead", label: "停用时并入", kind: "choice", empty: "最后一行", of: (form, item) => Object.fromEntries(form.row.filter((it) => it.key !== item.key).map((it) => [it.key, String(it.label)])) },
    { name: "also", label: "“对象类别”的其他写法", kind: "lines", wide: true, hint: "每行一个" },
    { name: "match", label: "计入这一行的人", kind: "matches", wide: true },
  ] },
  { name: "column", title: "统计表的列", id: "value", add: "加一列", needed: true, among: COLUMNS, fields: [] },
  { name: "task", title: "任务", id: "key", add: "加一项任务", fields: [
    { name: "to", label: "交给哪些单位", kind: "choices", of: UNIT_KINDS, wide: true },
    { name: "duties", label: "通知里的事项编号", kind: "lines", wide: true, hint: "每行一个，如 N17" },
  ] },
  { name: "obligation", title: "覆盖要求", id: "kind", add: "加一项要求", among: OBLIGATIONS, fields: [
    { name: "at_least", label: "至少走访（户）", kind: "number", from: 1, to: 1000, usual: 1, when: isLeaders },
    { name: "methods", label: "哪些走访方式算", kind: "choices", of: METHODS, wide: true, hint: "都不选就是都算" },
    { name: "match", label: "哪些人是重点对象", kind: "matches", wide: true, when: (it) => it.kind === "key_person_visit" },
  ] },
  { name: "payment", title: "打卡发放", id: "key", fields: [
    { name: "amount_fen", label: "每人金额（元）", kind: "fen", required: true },
    { name: "cap_fen", label: "一人至多（元）", kind: "fen", hint: "空着就是不限" },
    { name: "budget_fen", label: "预算总额（元）", kind: "fen", hint: "空着就是不限" },
    { name: "base_date", label: "基准日", kind: "text", like: DAY, hint: "月日，如 08-01；空着就是走访的第一天" },
    { name: "summary", label: "存折上的摘要", kind: "text", hint: "空着就用名称" },
    { name: "periodic_allowance", label: "只发给享受定期抚恤补助的人", kind: "flag", usual: false },
    { name: "amount", label: "另定的金额（元）", kind: "each", fen: "amount_fen", wide: true, words: (it) => `${classes(it)}${GRADES(it)}` },
    { name: "example", label: "验算的例子：应发（元）", kind: "each", fen: "expect_fen", wide: true, hint: "改了金额或范围，请把例子也改成应发的数；算出来不符，模板就不能换用", words: exampleWords },
  ] },
  { name: "report_section", title: "报告的部分", id: "key", add: "加一部分", fields: [] },
];

function classes(one: Item): string {
  return ((one.classes ?? []) as string[]).map(classLabel).join("、");
}
function exampleWords(one: Item): string {
  const grade = one.grade ? `（${gradeText(one.grade as number)}）` : "";
  const status = one.status && one.status !== "normal" ? `，${statusLabel(one.status as string)}` : "";
  return `${classes(one)}${grade}，${one.allowance ? "享受" : "不享受"}定期抚恤补助${status}`;
}
const plain = (fen: unknown) => yuanShort(Number(fen ?? 0)).replaceAll(",", "");
const copy = <T>(value: T): T => JSON.parse(JSON.stringify(value ?? null)) as T;
export const idOf = (part: Part, item: Item): string => String(item[part.id]);
const all = (part: Part): Field[] => [LABEL, ...part.fields];

function typed(field: Field, value: unknown): unknown {
  switch (field.kind) {
    case "lines": return ((value ?? []) as string[]).join("\n");
    case "fen": return value || field.required ? plain(value) : "";
    case "number": return String(value ?? field.usual);
    case "flag": return (value ?? field.usual) === (field.on ?? true);
    case "choices": case "matches": return copy(value ?? []);
    case "each": return ((value ?? []) as Item[]).map((one) => ({ ...copy(one), [field.fen]: plain(one[field.fen]) }));
    default: return value ?? "";
  }
}
const opened = (fields: Field[], item: Item | undefined): Item => ({
  ...copy(item ?? {}), ...Object.fromEntries(fields.map((field) => [field.name, typed(field, item?.[field.name])])),
});
/** The template as it is shown for editing. */
export function formOf(template: Template): Form {
  const { head, period, caps } = Object.fromEntries(HEAD.map(({ name, fields }) => [name, fields])) as Record<string, Field[]>;
  const parts = PARTS.map((part) => [part.name, (template[part.name] ?? []).map((item) => opened(all(part), item))]);
  return {
    head: Object.fromEntries((head ?? []).map((field) => [field.name, typed(field, template[field.name])])),
    period: opened(period ?? [], template.period), caps: opened(caps ?? [], template.caps), ...Object.fromEntries(parts),
  } as Form;
}

/** What the field means, and what is wrong with it. */
function meant(field: Field, value: unknown, fault: (words: string, place?: number) => void): unknown {
  const text = typeof value === "string" ? value.trim() : "";
  const amount = (it: unknown, place?: number) => {
    const fen = fenFrom(String(it));
    if (fen !== null && fen >= 0) return fen;
    fault("金额写成 500 或 500.00 这样", place);
    return 0;
  };
  switch (field.kind) {
    case "text":
      if (!text && field.required) fault("不能为空");
      if (text && field.like && !field.like[0].test(text)) fault(field.like[1]);
      return text || null;
    case "lines": return text.split("\n").map((line) => line.trim()).filter(Boolean);
    case "fen": return !text && !field.required ? 0 : amount(text);
    case "number": {
      const number = /^\d+$/.test(text.normalize("NFKC")) ? Number(text.normalize("NFKC")) : Number.NaN;
      if (!(number >= field.from && number <= field.to)) fault(`写 ${field.from} 到 ${field.to} 之间的整数`);
      return number || field.usual;
    }
    case "flag": return value ? (field.on ?? true) : (field.off ?? false);
    case "choice": return text || null;
    case "choices": return copy(value);
    case "matches":
      (value as Match[]).forEach((one, place) => { if (one.classes.length === 0) fault("至少选一个优抚类别", place); });
      return copy(value);
    case "each": return (value as Item[]).map((one, place) => ({ ...copy(one), [field.fen]: amount(one[field.fen], place) }));
  }
}
/** The template to be sent, made from the one that stands, and what must be mended before. */
export function templateOf(form: Form, from: Template, version: number): { template: Template; faults: Faults } {
  const faults: Faults = {};
  const closed = (fields: Field[], item: Item, path: string): Item => ({
    ...copy(item), ...Object.fromEntries(fields.map((field) => [field.name, meant(field, item[field.name], (words, place) => {
      const at = `${path}.${field.name}`;
      faults[place === undefined ? at : `${at}.${place}`] ??= words;
    })])),
  });
  const [head, period, caps] = HEAD.map(({ name, fields }) => closed(fields, form[name], name)) as [Item, Item, Item];
  const parts = PARTS.map((part) => [part.name, form[part.name].map((item) => closed(all(part), item, `${part.name}.${idOf(part, item)}`))]);
  return { template: { ...copy(from), ...head, period, caps, ...Object.fromEntries(parts), version } as Template, faults };
}

/** The ids that can still be added, with their words. */
export function addable(part: Part, form: Form): [string, string][] {
  const used = form[part.name].map((item) => idOf(part, item));
  return Object.entries(part.among ?? {}).filter(([code]) => !used.includes(code));
}
/** Adds an item, above the one that takes the rest. A made id holds the version: none is used again for something else. */
export function addTo(part: Part, form: Form, version: number, code?: string): Item {
  const list = form[part.name];
  const used = new Set(list.map((item) => idOf(part, item)));
  let number = 1;
  while (used.has(`${part.name}_${version}_${number}`)) number += 1;
  const id = code ?? `${part.name}_${version}_${number}`;
  const first = Object.fromEntries(part.fields.flatMap((field) => (field.kind === "choice" && !field.empty ? [[field.name, Object.keys(field.of)[0]]] : [])));
  const item = opened(all(part), { [part.id]: id, label: part.among?.[id] ?? "", ...first });
  list.splice(part.hasRest ? Math.max(0, list.length - 1) : list.length, 0, item);
  return item;
}
/** Whether an item may be moved or taken away. */
export function isFixed(part: Part, list: Item[], at: number): boolean {
  return !part.add || Boolean(part.hasRest && at === list.length - 1);
}
/** Whether it may change places with the one `step` further. */
export function canMove(part: Part, list: Item[], at: number, step: number): boolean {
  const to = at + step;
  return to >= 0 && to < list.length && !isFixed(part, list, at) && !isFixed(part, list, to);
}

/** Codes and words to choose from. */
export function optionsOf(field: Field, form: Form, item: Item): Words {
  if (field.kind !== "choice" && field.kind !== "choices") return {};
  return typeof field.of === "function" ? field.of(form, item) : field.of;
}
function shown(field: Field, form: Form, item: Item): string {
  const value = item[field.name];
  const words = optionsOf(field, form, item);
  switch (field.kind) {
    case "flag": return value ? "是" : "否";
    case "choice": return value ? (words[String(value)] ?? String(value)) : (field.empty ?? "（空）");
    case "choices": return (value as string[]).map((code) => words[code] ?? code).join("、") || "（空）";
    case "matches": return (value as Match[]).map(matchText).join("；或") || "（空）";
    case "each": return (value as Item[]).map((one) => `${field.words(one)}：${String(one[field.fen])}`).join("\n") || "（空）";
    default: return String(value ?? "").replaceAll("\n", "、") || "（空）";
  }
}
export interface Difference { field: string; label: string; mine: string; theirs: string }
const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
/** What is edited here beside the template that stands now. */
export function differences(mine: Form, theirs: Form): Difference[] {
  const found: Difference[] = [];
  const compare = (fields: Field[], [a, b]: [Item, Item], path: string, of: string) => {
    for (const field of fields) {
      if (same(a[field.name], b[field.name])) continue;
      found.push({ field: `${path}.${field.name}`, label: `${of}${field.label}`, mine: shown(field, mine, a), theirs: shown(field, theirs, b) });
    }
  };
  for (const { name, fields } of HEAD) compare(fields, [mine[name], theirs[name]], name, "");
  for (const part of PARTS) {
    const [ours, others] = [mine, theirs].map((form) => new Map(form[part.name].map((item) => [idOf(part, item), item]))) as [Map<string, Item>, Map<string, Item>];
    for (const id of new Set([...ours.keys(), ...others.keys()])) {
      const [a, b] = [ours.get(id), others.get(id)];
      const label = `${part.title}“${String((b ?? a)?.label)}”`;
      if (a && b) compare(all(part), [a, b], `${part.name}.${id}`, `${label}：`);
      else found.push({ field: `${part.name}.${id}`, label, mine: a ? "有" : "没有", theirs: b ? "有" : "没有" });
    }
    const [order, otherOrder] = [[...ours.keys()].filter((id) => others.has(id)), [...others.keys()].filter((id) => ours.has(id))];
    const names = (ids: string[], items: Map<string, Item>) => ids.map((id) => String(items.get(id)?.label)).join("、");
    if (!same(order, otherOrder)) found.push({ field: part.name, label: `${part.title}的次序`, mine: names(order, ours), theirs: names(otherOrder, others) });
  }
  return found;
}
/** Takes one of the differences from the template that stands. */
export function takeFrom(theirs: Form, mine: Form, field: string): void {
  const [name, id, inner] = field.split(".") as [string, string?, string?];
  const part = PARTS.find((it) => it.name === name);
  if (!part) {
    const group = name as "head" | "period" | "caps";
    if (id) mine[group][id] = copy(theirs[group][id]);
    return;
  }
  const [list, others] = [mine[part.name], theirs[part.name]];
  const place = (items: Item[], wanted?: string) => items.findIndex((item) => idOf(part, item) === wanted);
  const [at, there] = [place(list, id), place(others, id)];
  if (id === undefined) {
    // Those that are only here keep their places.
    const order = others.map((item) => idOf(part, item)).filter((it) => place(list, it) >= 0);
    const both = new Set(order);
    const sorted = list.map((item) => (both.has(idOf(part, item)) ? list[place(list, order.shift())] : item)) as Item[];
    list.splice(0, list.length, ...sorted);
  } else if (inner) {
    const item = list[at];
    if (item) item[inner] = copy(others[there]?.[inner]);
  } else if (there < 0) {
    list.splice(at, 1);
  } else {
    list.splice(Math.min(there, part.hasRest ? Math.max(0, list.length - 1) : list.length), 0, copy(others[there]) as Item);
  }
}

/** Where the server's `row[3].match[1].classes` stands in the form; null when it is not edited here. */
export function placeOf(key: string, form: Form): string | null {
  const [, name = "", at, inner, nested] = /^(\w+)(?:\[(\d+)\])?(?:\.(\w+)(?:\[(\d+)\])?)?/.exec(key) ?? [];
  const part = PARTS.find((it) => it.name === name);
  const item = part && at ? form[part.name][Number(at) - 1] : undefined;
  if (part && item) {
    const field = all(part).find((it) => it.name === inner) ?? LABEL;
    const isNested = nested && (field.kind === "each" || field.kind === "matches");
    return `${part.name}.${idOf(part, item)}.${field.name}${isNested ? `.${Number(nested) - 1}` : ""}`;
  }
  const group = HEAD.find((it) => it.fields.some((field) => field.name === (inner ?? name)) && (it.name === "head" ? !inner : it.name === name));
  return group ? `${group.name}.${inner ?? name}` : null;
}
