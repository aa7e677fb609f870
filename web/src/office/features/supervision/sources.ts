// Where the money came from: of the chosen township where the server says it, else of everything it answers for.
import type { Schema } from "@/shared/api/client";

export const SOURCE = [["county", "县级下拨", "#b42318"], ["own", "本单位", "#b7791f"], ["donation", "社会捐赠", "#3b6ea5"], ["unstated", "未注明", "#858b94"]] as const;
type Money = Record<(typeof SOURCE)[number][0], number>;
type Of = Pick<Schema["ProgressOf"], "unit"> & { money: Money };

/** What the figures of the whole are of: the county, or the townships that the account sees. */
export const wholeOf = (all: { county?: unknown } | undefined) => (all?.county ? "全县" : "我的全部范围");

/** The sums by source, the empty ones left out, and whose they are. There are none of a single village or office. */
export function moneyOf(all: { county?: Of | null; townships: Of[] } | undefined, unit: string) {
  const town = all?.townships.find((it) => it.unit.code === unit);
  const sum = (key: keyof Money) => (all?.townships ?? []).reduce((so, it) => so + it.money[key], 0);
  const fen = (key: keyof Money) => (town ?? all?.county)?.money[key] ?? sum(key);
  return {
    of: town?.unit.name ?? wholeOf(all),
    parts: SOURCE.map(([key, label, colour]) => ({ label, colour, fen: fen(key) })).filter((it) => it.fen > 0),
  };
}
