// A sheet of visits as rows of text: columns with the titles of the Excel form, pasting, and the visit a row means.
import type { Schema } from "@/shared/api/client";
import { fenFrom } from "@/shared/format";
import { HELP, LEADERS, METHODS, SOURCES } from "@/shared/words";
import { HELP_WORDS, LEADER_WORDS, METHOD_WORDS, SOURCE_WORDS } from "./synonyms";

export type VisitIn = Schema["VisitIn"];
export const COLUMNS = [
  { key: "visited_on", title: "走访日期", width: 108, heads: ["日期", "走访时间", "时间"], required: true },
  { key: "method", title: "走访方式", width: 92, heads: ["方式", "慰问方式"], words: METHODS, also: METHOD_WORDS, required: true },
  { key: "name", title: "对象姓名", width: 150, heads: ["姓名", "对象", "走访对象", "慰问对象"], required: true },
  { key: "category", title: "对象类别", width: 130, heads: ["类别", "人员类别"] },
  { key: "citizen", title: "公民身份号码", width: 170, heads: ["身份证号", "身份证号码", "证件号码"] },
  { key: "money", title: "慰问金（元）", width: 96, heads: ["慰问金", "金额"], right: true },
  { key: "money_source", title: "资金来源", width: 92, heads: ["来源", "经费来源"], words: SOURCES, also: SOURCE_WORDS },
  { key: "goods", title: "慰问品", width: 150, heads: ["慰问物品", "物品"] },
  { key: "goods_value", title: "慰问品折价（元）", width: 116, heads: ["慰问品折价", "折价", "折款"], right: true },
  { key: "leader_name", title: "带队领导", width: 92, heads: ["领导", "领导姓名"] },
  { key: "leader_title", title: "领导职务", width: 110, heads: ["职务"] },
  { key: "leader_kind", title: "领导类别", width: 92, heads: ["领导类型"], words: LEADERS, also: LEADER_WORDS },
  { key: "help", title: "解决困难", width: 150, heads: ["解决困难类别", "解决实际困难情况"] },
  { key: "headcount", title: "人数", width: 64, heads: ["走访人数", "慰问人数"], right: true },
  { key: "note", title: "备注", width: 150, heads: ["说明"] },
] as const;
export type Key = (typeof COLUMNS)[number]["key"];

export interface Row {
  id: string;
  cells: Partial<Record<Key, string>>;
  /** The person of the roster that was picked. */
  person?: string;
  /** What the server said of the row. */
  said?: string;
}

export const isEmpty = (row: Row) => Object.values(row.cells).every((it) => !it?.trim());

/** Text of the clipboard (Excel, WPS: tabs and line ends, quotes around cells with either) as cells. */
export function cellsOf(text: string): string[][] {
  const rows: string[][] = [[]];
  let cell = "";
  let isQuoted = false;
  const end = () => { rows.at(-1)?.push(cell.trim()); cell = ""; };
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at] as string;
    if (isQuoted) {
      if (sign !== '"') cell += sign;
      else if (text[at + 1] === '"') { cell += '"'; at += 1; } else isQuoted = false;
    } else if (sign === '"' && cell === "") isQuoted = true;
    else if (sign === "\t") end();
    else if (sign === "\n") { end(); rows.push([]); } else if (sign !== "\r") cell += sign;
  }
  end();
  while (rows.length > 1 && rows.at(-1)?.every((it) => it === "")) rows.pop();
  return rows;
}

/** Which column each title means, when the first pasted line is a head. */
export function headOf(line: string[]): (Key | null)[] | null {
  const found = line.map((text) => COLUMNS.find((it) => it.title === text || (it.heads as readonly string[]).includes(text))?.key ?? null);
  return found.filter(Boolean).length >= 2 ? found : null;
}

/** What is typed, without the rows' ids: a sheet of other empty rows is the same sheet. */
export const typedOf = (rows: Row[]) => JSON.stringify(rows.filter((it) => !isEmpty(it)).map((it) => [it.cells, it.person ?? ""]));

/** How many filled cells have another value in the second rows. */
export function overwritten(before: Row[], after: Row[]): number {
  return before.reduce((all, row, at) => all + Object.entries(row.cells).filter(([key, value]) => value?.trim() && after[at]?.cells[key as Key] !== value).length, 0);
}

/** Puts pasted cells into the rows from row and column on; more rows are made as needed. */
export function paste(rows: Row[], text: string, at: { row: number; column: number }, make: () => Row): Row[] {
  const pasted = cellsOf(text);
  const head = pasted[0] ? headOf(pasted[0]) : null;
  const keys = head ?? COLUMNS.slice(at.column).map((it) => it.key as Key);
  const all = [...rows];
  (head ? pasted.slice(1) : pasted).forEach((cells, line) => {
    const old = all[at.row + line] ?? make();
    const fresh: Row = { id: old.id, cells: { ...old.cells }, person: old.person };
    cells.forEach((value, place) => {
      const key = keys[place];
      // Another name or number is another person.
      if ((key === "name" || key === "citizen") && value !== (old.cells[key] ?? "")) fresh.person = undefined;
      if (key) fresh.cells[key] = value;
    });
    all[at.row + line] = fresh;
  });
  return all;
}

/** First and last day of a campaign. */
export interface Period { from: string; to: string }
const DATE = /^(?:(\d{4})[-/.年])?(\d{1,2})[-/.月](\d{1,2})日?$/;
const PLAIN = /^(\d{4})(\d{2})(\d{2})$/;
/** Year, month and day as they were written; the year is "" where none was. */
function written(text: string): { year: string; month: number; day: number } | null {
  const plain = text.normalize("NFKC").trim();
  const match = DATE.exec(plain) ?? PLAIN.exec(plain);
  return match ? { year: match[1] ?? "", month: Number(match[2]), day: Number(match[3]) } : null;
}
function dayOf(year: number, month: number, day: number): string | null {
  const at = new Date(Date.UTC(year, month - 1, day));
  return at.getUTCMonth() === month - 1 && at.getUTCDate() === day ? at.toISOString().slice(0, 10) : null;
}
/**
 * `2026/11/5`, `2026.11.5`, `20261105`, `2026年11月5日` -> `2026-11-05`; null when it is no date. Without a year
 * (`7.15`, `7月15日`) it is of the campaign, when that is known.
 */
export function dateFrom(text: string, period?: Period): string | null {
  const it = written(text);
  if (!it) return null;
  if (it.year) return dayOf(Number(it.year), it.month, it.day);
  if (!period) return null;
  const days = [period.to, period.from].map((end) => dayOf(Number(end.slice(0, 4)), it.month, it.day));
  return days.find((day) => day && day >= period.from && day <= period.to) ?? days[0] ?? null;
}

/** `大米1袋、食用油2桶` -> names with quantities; without a number it is one */
export function goodsFrom(text: string): { name: string; quantity: number; unit: string }[] {
  return text.normalize("NFKC").split(/[、,;\n]/).map((it) => it.trim()).filter(Boolean).map((it) => {
    const match = /^(.+?)[×x*]?\s*(\d{1,7})\s*(\D{0,10})$/.exec(it);
    return match ? { name: (match[1] as string).trim(), quantity: Number(match[2]), unit: (match[3] ?? "").trim() } : { name: it, quantity: 1, unit: "" };
  });
}
/** `看病就医1、住房改造2` -> counts by kind; null when a kind is not known */
export function helpFrom(text: string): Record<string, number> | null {
  const found: Record<string, number> = {};
  for (const part of text.normalize("NFKC").split(/[、,;\n]/).map((it) => it.trim()).filter(Boolean)) {
    const match = /^(\D+?)\s*(\d*)件?$/.exec(part);
    const kind = codeOf({ words: HELP, also: HELP_WORDS }, match?.[1] ?? "");
    if (!kind) return null;
    found[kind] = (found[kind] ?? 0) + (match?.[2] ? Number(match[2]) : 1);
  }
  return found;
}
/** The code of an official word, or of one of the words that clerks write for it. */
function codeOf(list: { words: Record<string, string>; also: Record<string, string> }, text: string): string | undefined {
  const key = text.normalize("NFKC").replace(/\s/g, "");
  return Object.entries(list.words).find(([code, label]) => label === key || code === key)?.[0] ?? list.also[key];
}
const METHOD = { words: METHODS, also: METHOD_WORDS };
const SOURCE = { words: SOURCES, also: SOURCE_WORDS };
const LEADER = { words: LEADERS, also: LEADER_WORDS };

/** What is wrong with a row before it is sent, by column. */
export function faultsOf(row: Row, today: string, period?: Period): Partial<Record<Key, string>> {
  const faults: Partial<Record<Key, string>> = {};
  if (isEmpty(row)) return faults;
  const text = (key: Key) => row.cells[key]?.trim() ?? "";
  for (const column of COLUMNS) {
    const value = text(column.key);
    if (!value) {
      if ("required" in column && !(column.key === "name" && (row.person || text("citizen")))) faults[column.key] = `请填写${column.title}`;
    } else if ("words" in column && !codeOf(column, value)) faults[column.key] = `可填：${Object.values(column.words).join("、")}`;
  }
  const day = text("visited_on");
  const at = dateFrom(day, period);
  const parts = written(day);
  if (day && !at) faults.visited_on = parts && (parts.year || period) ? `${parts.month}月没有${parts.day}日，请核对` : `日期写成 ${period ? [period.to, today].sort()[0] : today} 这样`;
  else if (at && at > today) faults.visited_on = "日期在今天之后";
  if (/^[\x20-\x7e]+$/.test(text("name"))) faults.name = "姓名写汉字；用拼音找人，请在上面“从名册里选人”";
  for (const key of ["money", "goods_value"] as const) {
    const fen = text(key) ? fenFrom(text(key)) : 0;
    if (fen === null || fen < 0) faults[key] = "金额写成 500 或 500.00 这样";
  }
  if (text("headcount") && !/^\d{1,6}$/.test(text("headcount").normalize("NFKC"))) faults.headcount = "人数写成整数";
  if (text("help") && !helpFrom(text("help"))) faults.help = `可填：${Object.values(HELP).join("、")}，后面写件数`;
  if (fenFrom(text("money")) && !text("money_source")) faults.money_source = "有慰问金，请写资金来源";
  return faults;
}

/** What is doubtful about a row, by column: it is taken, and somebody should look at it before. */
export function doubtsOf(row: Row, period?: Period): Partial<Record<Key, string>> {
  const text = (key: Key) => row.cells[key]?.trim() ?? "";
  const doubts: Partial<Record<Key, string>> = {};
  const at = dateFrom(text("visited_on"), period);
  if (at && period && (at < period.from || at > period.to)) doubts.visited_on = `不在活动期间（${period.from} 至 ${period.to}），请核对`;
  if ((text("leader_name") || text("leader_title")) && !text("leader_kind")) doubts.leader_kind = `不填不计入带头入户，可填：${Object.values(LEADERS).join("、")}`;
  return doubts;
}

/** The visit that a row without faults means. */
export function visitOf(row: Row, campaign: string, unit: string, period?: Period): VisitIn {
  const text = (key: Key) => row.cells[key]?.trim() ?? "";
  const headcount = text("headcount").normalize("NFKC");
  return {
    campaign, unit, visited_on: dateFrom(text("visited_on"), period) ?? "", method: codeOf(METHOD, text("method")) ?? "", person: row.person,
    name: row.person ? undefined : text("name"), citizen: row.person ? undefined : text("citizen"), category: row.person ? undefined : text("category"),
    leader_name: text("leader_name"), leader_title: text("leader_title"), leader_kind: codeOf(LEADER, text("leader_kind")) ?? "",
    headcount: headcount ? Number(headcount) : undefined, money_fen: fenFrom(text("money")) ?? 0, money_source: codeOf(SOURCE, text("money_source")) ?? "",
    goods: goodsFrom(text("goods")), goods_fen: fenFrom(text("goods_value")) ?? 0, help: helpFrom(text("help")) ?? {}, note: text("note"),
  };
}

/** Sums of what is typed so far. */
export function sumsOf(rows: Row[]): { rows: number; money: number; county: number; goods: number } {
  const kept = rows.filter((it) => !isEmpty(it));
  const sum = (key: Key, some = kept) => some.reduce((all, it) => all + (fenFrom(it.cells[key] ?? "") ?? 0), 0);
  const county = kept.filter((it) => codeOf(SOURCE, (it.cells.money_source ?? "").trim()) === "county");
  return { rows: kept.length, money: sum("money"), county: sum("money", county), goods: sum("goods_value") };
}
