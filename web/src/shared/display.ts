// 大字 and 高对比: chosen per browser, before anybody signs in.
import { reactive } from "vue";

const KEY = "shuangyong:display";

export const display = reactive({ large: false, contrast: false });

export function applyDisplay(): void {
  try {
    Object.assign(display, JSON.parse(localStorage.getItem(KEY) ?? "{}"));
  } catch {
    // Nothing was kept.
  }
  show();
}

function show(): void {
  document.documentElement.classList.toggle("large", display.large);
  document.documentElement.classList.toggle("contrast", display.contrast);
}

export function setDisplay(mode: "large" | "contrast", on: boolean): void {
  display[mode] = on;
  show();
  try {
    localStorage.setItem(KEY, JSON.stringify(display));
  } catch {
    // Holds for this page only.
  }
}
