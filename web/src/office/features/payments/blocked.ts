// Who changed between approval and export: the server drops their lines and writes the file without them.
import type { Schema } from "@/shared/api/client";
import { count } from "@/shared/format";

const NAMED = 5;

/** The one sentence about an export that left lines out; empty when it left out none. */
export function exportedWithout(blocked: Pick<Schema["PaymentBlocked"], "seq" | "name" | "status">[]): string {
  if (blocked.length === 0) return "";
  const named = blocked.slice(0, NAMED).map((it) => `第${it.seq}笔 ${it.name}（${it.status}）`).join("、");
  return `代发文件已导出，可以下载；其中不含审批之后有变动的 ${count(blocked.length)} 笔，这些笔已经取消：${named}${blocked.length > NAMED ? "等" : ""}`;
}
