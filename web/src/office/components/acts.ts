// Buttons that send something: one at a time, the error said as the server says it, words when it is done.
import { ref } from "vue";
import { done, failed } from "./notify";

/**
 * `busy` is the name of the act that is under way; `run` does one and calls `after` when it went well. What was said of
 * an act that failed stays until it is closed or something is tried again.
 */
export function useActs(after: () => unknown = () => undefined) {
  const busy = ref("");
  let unsay: () => void = () => undefined;
  async function run<T>(name: string, act: () => Promise<T>, words?: string | ((answer: T) => string)): Promise<T | undefined> {
    if (busy.value) return undefined;
    busy.value = name;
    unsay();
    try {
      const answer = await act();
      const text = typeof words === "function" ? words(answer) : words;
      if (text) done(text);
      await after();
      return answer;
    } catch (error) {
      unsay = failed(error);
      return undefined;
    } finally {
      busy.value = "";
    }
  }
  return { busy, run };
}
