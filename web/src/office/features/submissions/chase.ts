// Whom a chase reaches: the server passes over units whose table lies with the county, and a unit without an account
// sees nothing. Both are said before it is sent.
import type { Schema } from "@/shared/api/client";

export type ChasedUnit = Pick<Schema["SubmissionUnit"], "unit" | "standing" | "has_account">;

/** The unit still has to send its table. */
export const isOpen = (it: ChasedUnit) => it.standing === "missing" || it.standing === "returned";
/** Nobody there can read a message. */
export const lacksAccount = (it: ChasedUnit) => !it.has_account;

const NAMED = 10;
/** `黄水镇、冷水镇`; of many the first and how many. */
export function named(units: ChasedUnit[], most = NAMED): string {
  const first = units.slice(0, most).map((it) => it.unit.name).join("、");
  return units.length > most ? `${first}等 ${units.length} 个单位` : first;
}

/** The chosen units that are asked, and the sentence of the dialog. */
export function chaseOf(units: ChasedUnit[], codes: string[]): { asked: string[]; text: string } {
  const chosen = units.filter((it) => codes.includes(it.unit.code));
  const [open, settled] = [chosen.filter(isOpen), chosen.filter((it) => !isOpen(it))];
  const mute = open.filter(lacksAccount);
  return {
    asked: open.map((it) => it.unit.code),
    text: [
      "单位的经办和负责人会在消息里看到，看到的时间会记下来。",
      settled.length > 0 && `其中 ${settled.length} 个单位已经报送，不催办：${named(settled)}。`,
      mute.length > 0 && `${named(mute)}还没有账号，收不到，请电话通知。`,
    ].filter(Boolean).join(""),
  };
}
