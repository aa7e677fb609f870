// Chromium, pages of it, what they complain of, their pictures and what axe says about them.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { assert } from "./check.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
export const out = join(root, "out");
const axe = readFileSync(join(root, "node_modules", "axe-core", "axe.min.js"), "utf8");

export const WIDTHS = [1440, 1024, 360];
/** Ways to show the same page. */
export const MODES = { normal: {}, large: { large: true }, contrast: { contrast: true } };

export function launch(executablePath) {
  return chromium.launch({
    executablePath,
    args: [
      "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update",
      "--disable-sync", "--no-first-run",
    ],
  });
}

/** Requests that may fail without the page being wrong: nobody is signed in yet. */
const EXPECTED = /status of 401/;

/**
 * A page of its own context. `account` is signed in already; `expects` are complaints that belong to the journey.
 * Close it with `page.done()`, which fails for anything that the page complained of.
 */
export async function open(browser, site, { width = 1440, height = 900, account = null, mode = {}, expects = [] } = {}) {
  const context = await browser.newContext({
    viewport: { width, height }, locale: "zh-CN", timezoneId: "America/New_York", acceptDownloads: true, reducedMotion: "reduce",
  });
  if (account) {
    const at = account.cookie.indexOf("=");
    await context.addCookies([{ url: site.address, name: account.cookie.slice(0, at), value: account.cookie.slice(at + 1), httpOnly: true, sameSite: "Strict" }]);
  }
  await context.addInitScript((it) => localStorage.setItem("shuangyong:display", JSON.stringify(it)), mode);
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (line) => ["error", "warning"].includes(line.type()) && complaints.push(line.text()));
  page.done = async () => {
    const wrong = complaints.filter((it) => !EXPECTED.test(it) && !expects.some((known) => known.test(it)));
    await context.close();
    assert(wrong.length === 0, `the page complained: ${wrong.join("; ")}`);
  };
  return page;
}

/** Types name and password on the sign-in page. */
export async function signIn(page, login, password) {
  await page.fill("input[name=login]", login);
  await page.fill("input[name=password]", password);
  await page.click("button[type=submit]");
}

/** Nothing moves, nothing loads. */
export async function settle(page) {
  await page.waitForLoadState("load");
  // Behind a dialog that asks for the password the page goes on waiting.
  await page.waitForFunction(() => document.querySelector("dialog[open]") || !document.querySelector(".loading, [aria-busy=true]"));
  await page.evaluate(() => Promise.all(document.getAnimations().filter((it) => it.effect?.getComputedTiming().iterations !== Infinity).map((it) => it.finished.catch(() => null))));
}

export async function shoot(page, name, fullPage = true) {
  await settle(page);
  await page.screenshot({ path: join(out, `${name}.png`), fullPage });
}

/** Fails when axe finds something serious or critical, or the page is wider than the window. */
export async function audit(page, what) {
  await settle(page);
  await page.evaluate(() => {
    for (const mark of document.querySelectorAll(".watermark")) mark.style.display = "none";
  });
  await page.evaluate(axe);
  const found = await page.evaluate(async () => {
    const report = await globalThis.axe.run(document);
    return report.violations
      .filter((it) => ["serious", "critical"].includes(it.impact))
      .map((it) => `${it.id}: ${it.nodes.slice(0, 3).map((node) => node.target.join(" ")).join(" | ")} (${it.nodes.length})`);
  });
  await page.evaluate(() => {
    for (const mark of document.querySelectorAll(".watermark")) mark.style.display = "";
  });
  assert(found.length === 0, `${what}: axe: ${found.join("; ")}`);
  const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  assert(over <= 0, `${what}: the page is ${over} px too wide`);
}
