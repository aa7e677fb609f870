// Confirming many at once: who is chosen over all pages of the list, and whom the server did not confirm.
import type { Schema } from "@/shared/api/client";

/** As many as the server takes in one call. */
export const MOST = 500;

/** The chosen records by their keys: those of the page shown as they are now, those of other pages as they were. */
export function chosenOf<T>(before: ReadonlyMap<string, T>, keys: Iterable<string>, shown: readonly T[], keyOf: (it: T) => string): Map<string, T> {
  const here = new Map(shown.map((it) => [keyOf(it), it]));
  const chosen = new Map<string, T>();
  for (const key of keys) {
    const it = here.get(key) ?? before.get(key);
    if (it !== undefined) chosen.set(key, it);
  }
  return chosen;
}

export interface Refused { id: string; name: string; reason: string }

/** Who was not confirmed, and why. */
export function refusedOf(persons: readonly { id: string; name: string }[], answers: readonly Schema["ConfirmationBulkAnswer"][]): Refused[] {
  const names = new Map(persons.map((it) => [it.id, it.name]));
  return answers.flatMap((it) => {
    const problem = it.problem as { detail?: string } | null | undefined;
    return problem ? [{ id: it.person, name: names.get(it.person) ?? "", reason: problem.detail ?? "没有办成" }] : [];
  });
}
