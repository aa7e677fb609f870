// Short words after an act, and a question before one. (A question that needs a reason: reason.ts.)
import { ElMessage } from "element-plus/es/components/message/index.mjs";
import { ElMessageBox } from "element-plus/es/components/message-box/index.mjs";
import "element-plus/es/components/message/style/css";
import "element-plus/es/components/message-box/style/css";
import { asProblem } from "@/shared/api/problem";

/** It is done: `已标为已阅`. */
export function done(text: string): void {
  ElMessage({ type: "success", message: text, grouping: true });
}

/** Something happened elsewhere. */
export function told(text: string): void {
  ElMessage({ type: "info", message: text, grouping: true });
}

/** It was not done; the sentence says why and what to do. Stays until closed, by hand or by what is returned. */
export function failed(error: unknown): () => void {
  const problem = asProblem(error);
  const number = problem.requestId ? `（请求编号 ${problem.requestId.slice(0, 8)}）` : "";
  return ElMessage({ type: "error", message: problem.detail + number, duration: 0, showClose: true, grouping: true }).close;
}

/** Before a file of a list in which somebody was looked for: names and numbers are no filter of a file. */
export const WITHOUT_SEARCH = { title: "导出", text: "“查找”的姓名、号码不作为导出条件：导出的是符合其他条件的全部记录。", yes: "导出" };

/** It was done in part, or something needs a look: our own words, not an error. Stays until closed. */
export function warned(text: string): () => void {
  return ElMessage({ type: "warning", message: text, duration: 0, showClose: true, grouping: true }).close;
}

export async function ask(question: { title: string; text: string; yes: string; dangerous?: boolean }): Promise<boolean> {
  try {
    await ElMessageBox.confirm(question.text, question.title, {
      confirmButtonText: question.yes, cancelButtonText: "取消", type: question.dangerous ? "warning" : "info",
    });
    return true;
  } catch {
    return false;
  }
}
