// Those who are not visited yet, sorted by village for handing out.
import { count } from "@/shared/format";

/** The most that one arrangement holds; the server's number. */
export const MOST = 500;
/** The most that are listed at once. */
export const LISTED = 5000;

interface Named { code: string; name: string }
export interface OpenPerson { person: string; village?: Named | null }
/** One arrangement to be made: its id is made with it, so that sending it again makes no second one. */
export interface Part { id: string; persons: string[]; isSent: boolean }
export interface VillageGroup { village: Named; parts: Part[]; count: number; on: boolean }

export function villagesOf(open: readonly OpenPerson[], makeId: () => string): { groups: VillageGroup[]; loose: number } {
  const villages = new Map<string, { village: Named; persons: Set<string> }>();
  const loose = new Set<string>();
  for (const it of open) {
    if (!it.village) {
      loose.add(it.person);
      continue;
    }
    const known = villages.get(it.village.code) ?? { village: it.village, persons: new Set<string>() };
    known.persons.add(it.person);
    villages.set(it.village.code, known);
  }
  const groups = [...villages.values()].map(({ village, persons }) => {
    const all = [...persons];
    const parts = Array.from({ length: Math.ceil(all.length / MOST) }, (_, at) => ({ id: makeId(), persons: all.slice(at * MOST, (at + 1) * MOST), isSent: false }));
    return { village, parts, count: all.length, on: true };
  });
  return { groups, loose: loose.size };
}

export interface Found { groups: VillageGroup[]; loose: number; arranged: number; isCut: boolean }

/** What is said of the search, above the villages. */
export function saidOf({ groups, loose, arranged, isCut }: Found): string[] {
  const none = groups.length === 0;
  if (none && loose === 0 && !isCut) return [arranged > 0 ? `没有走访的 ${count(arranged)} 人都已在走访安排里。` : "都走访到了。"];
  return [
    isCut ? `没有走访的人太多，这里先列 ${count(LISTED)} 人；分完以后再查一次。` : "",
    loose > 0 ? `${none ? "有" : "另有"} ${count(loose)} 人没有登记村，请在名册里补填。` : "",
    arranged > 0 ? `另有 ${count(arranged)} 人已在走访安排里，没有再列。` : "",
  ].filter(Boolean);
}
