// Nobody at the desk: after 25 minutes a warning, after 30 the page is locked. Activity in one tab counts for all.
// Typing without asking the server anything must not end the session there: activity is passed on now and then.
import { onBeforeUnmount, onMounted, ref } from "vue";
import { api } from "@/shared/api/client";

export const WARN_MS = 25 * 60_000;
export const LOCK_MS = 30 * 60_000;
const PASS_ON_MS = 5 * 60_000;
const KEY = "shuangyong:active";

export type Stage = "active" | "warned" | "locked";

export function stageAfter(idleMs: number): Stage {
  if (idleMs >= LOCK_MS) return "locked";
  return idleMs >= WARN_MS ? "warned" : "active";
}

/** Minutes until the lock, at least 1. */
export function minutesLeft(idleMs: number): number {
  return Math.max(1, Math.ceil((LOCK_MS - idleMs) / 60_000));
}

/** The stage now; `seen()` starts anew. `onLock` is called once when the time is up. */
export function useIdle(onLock: () => void) {
  const stage = ref<Stage>("active");
  const left = ref(0);
  let last = Date.now();
  let passedOn = last;
  let timer: ReturnType<typeof setInterval> | undefined;

  function latest(): number {
    const others = Number(localStorage.getItem(KEY) ?? 0);
    return others > last && others <= Date.now() ? others : last;
  }

  function seen() {
    // Once locked, only the password opens.
    if (stage.value === "locked") return;
    const now = Date.now();
    if (now - last > 10_000) localStorage.setItem(KEY, String(now));
    last = now;
    if (stage.value === "warned") stage.value = "active";
  }

  function look() {
    if (stage.value === "locked") return;
    const idle = Date.now() - latest();
    const next = stageAfter(idle);
    left.value = minutesLeft(idle);
    if (next === "locked") onLock();
    stage.value = next;
    if (next === "active" && Date.now() - passedOn > PASS_ON_MS && latest() > passedOn) {
      passedOn = Date.now();
      void api.GET("/api/v1/session").catch(() => undefined);
    }
  }

  function unlock() {
    stage.value = "active";
    last = Date.now();
    localStorage.setItem(KEY, String(last));
  }

  const events = ["pointerdown", "keydown", "wheel", "touchstart"] as const;
  onMounted(() => {
    for (const name of events) window.addEventListener(name, seen, { passive: true, capture: true });
    timer = setInterval(look, 5_000);
  });
  onBeforeUnmount(() => {
    for (const name of events) window.removeEventListener(name, seen, { capture: true });
    clearInterval(timer);
  });
  return { stage, left, seen, unlock };
}
