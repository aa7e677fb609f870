// A question whose answer must say why; the reason goes into the audit.
import { shallowRef } from "vue";

export interface ReasonQuestion {
  title: string;
  /** What will happen. */
  text: string;
  /** Word on the button: `查看`. */
  yes: string;
  /** Reasons to choose from. */
  suggestions?: string[];
  /** Characters that the server asks for; two if nothing is said. */
  least?: number;
  dangerous?: boolean;
}

export const asked = shallowRef<{ question: ReasonQuestion; answer: (reason: string | null) => void } | null>(null);

/** The reason, or null when the user thought better of it. */
export function askReason(question: ReasonQuestion): Promise<string | null> {
  asked.value?.answer(null);
  return new Promise((resolve) => {
    asked.value = {
      question,
      answer: (reason) => {
        asked.value = null;
        resolve(reason);
      },
    };
  });
}
