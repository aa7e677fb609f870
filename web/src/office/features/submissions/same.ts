import type { Schema } from "@/shared/api/client";

/** The number of the last version when the table says now what it said then; null when it says something else. */
export function sameAsLast(versions: Pick<Schema["SubmissionVersion"], "version" | "sm3">[], live: string): number | null {
  const last = versions.reduce((so, it) => (it.version > so.version ? it : so), { version: 0, sm3: "" });
  return last.version > 0 && last.sm3 === live ? last.version : null;
}
