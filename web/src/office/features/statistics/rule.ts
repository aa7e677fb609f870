// Why a visit counts in a row: the template's matcher in words.
import { classLabel } from "@/shared/words";

export interface Match {
  classes: string[];
  grades?: [number, number] | null;
  hardship?: boolean | null;
}
interface Row {
  key: string;
  label: string;
  unit: string;
  enabled?: boolean;
  instead?: string | null;
  object?: string | null;
  match?: Match[];
  also?: string[];
}
export interface Template {
  version: number;
  row: Row[];
}

const OBJECTS: Record<string, string> = {
  troop: "走访对象是驻军部队", training_troop: "走访对象是驻训、演习的部队", institution: "走访对象是优抚事业单位",
  own_unit_veteran: "走访对象是本单位的退役军人",
};
const GRADES = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十"];

/** 残疾军人，残疾等级一级至四级 */
export function matchText(match: Match): string {
  const classes = match.classes.map(classLabel).join("、");
  const grades = match.grades ? `，残疾等级${GRADES[match.grades[0]]}级至${GRADES[match.grades[1]]}级` : "";
  const hardship = match.hardship == null ? "" : match.hardship ? "，并有未解决的困难标记" : "，没有困难标记";
  return `${classes}${grades}${hardship}`;
}

/** The sentences for a row, its place among the rows, and the template's version; null when there is no such row. */
export function ruleOf(template: Template, key: string): { sentences: string[]; place: number; version: number } | null {
  const shown = template.row.filter((row) => row.enabled !== false);
  const row = shown.find((it) => it.key === key);
  if (!row) return null;
  const sentences: string[] = [];
  if (row.object) sentences.push(`${OBJECTS[row.object] ?? row.object}。`);
  if (row.match && row.match.length > 0) sentences.push(`名册上的身份是：${row.match.map(matchText).join("；或")}。`);
  if (row.also && row.also.length > 0) sentences.push(`填报时“对象类别”写作“${row.also.join("”“")}”的，也计入这一行。`);
  const off = template.row.filter((it) => it.enabled === false && it.instead === key);
  if (off.length > 0) sentences.push(`“${off.map((it) => it.label).join("”“")}”一行本次没有启用，并入这一行。`);
  if (sentences.length === 0) sentences.push("前面各行都不符合的走访，计入这一行。");
  return { sentences, place: shown.indexOf(row) + 1, version: template.version };
}
