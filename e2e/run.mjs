// Browser journeys against the real binary and a real Chromium. Usage: node e2e/run.mjs PATH_OF_BINARY
// Pictures go to e2e/out. The last line is "N passed, N failed".
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const here = dirname(fileURLToPath(import.meta.url));
const binary = process.argv[2] ?? join(here, "..", "target", "debug", "shuangyong");
const browserPath = process.env.CHROMIUM ?? "/usr/bin/chromium";
const out = join(here, "out");
const axe = readFileSync(join(here, "node_modules", "axe-core", "axe.min.js"), "utf8");
const results = { passed: 0, failed: 0 };

function assert(condition, message) {
  if (!condition) throw new Error(message);
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

async function waitFor(url, child, tries = 600) {
  for (let i = 0; i < tries; i += 1) {
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}`);
    try {
      const answer = await fetch(url);
      if (answer.ok) return;
    } catch {
      // not listening yet
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error("the server does not answer");
}

async function journey(name, body) {
  const started = Date.now();
  try {
    await body();
    results.passed += 1;
    console.log(`ok      ${name} (${Date.now() - started} ms)`);
  } catch (error) {
    results.failed += 1;
    console.log(`FAILED  ${name}\n        ${error.message}`);
  }
}

async function violations(page) {
  await page.evaluate(axe);
  const report = await page.evaluate(async () => globalThis.axe.run(document));
  return report.violations.filter((item) => ["serious", "critical"].includes(item.impact)).map((item) => item.id);
}

async function journeys(browser, address) {
  for (const width of [1440, 1024, 360]) {
    await journey(`the county table at ${width} px`, async () => {
      const page = await browser.newPage({ viewport: { width, height: 900 }, locale: "zh-CN" });
      const errors = [];
      page.on("pageerror", (error) => errors.push(error.message));
      page.on("console", (line) => line.type() === "error" && errors.push(line.text()));
      await page.goto(address);
      await page.waitForSelector("body[data-ready]");
      const rows = await page.locator("#table tbody tr").count();
      assert(rows === 20, `expected 20 printed rows, saw ${rows}`);
      const heads = await page.locator("#table thead th").allTextContents();
      assert(heads[0] === "类别" && heads[5] === "合计（万元）", `heads are ${heads.join("|")}`);
      const heading = await page.locator("#heading").textContent();
      assert(heading === "2024年“八一”期间走访慰问驻石部队和优抚对象情况统计表", `heading is ${heading}`);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      assert(overflow <= 0, `the page is ${overflow} px too wide`);
      await page.screenshot({ path: join(out, `county-${width}.png`), fullPage: true });
      const found = await violations(page);
      assert(found.length === 0, `axe: ${found.join(", ")}`);
      assert(errors.length === 0, `the page complained: ${errors.join("; ")}`);
      await page.close();
    });
  }

  await journey("rows add up to the total, as the API says", async () => {
    const table = await (await fetch(`${address}api/v1/counties/500240/campaigns/bayi-2024/statistics`)).json();
    const sum = (key) => table.rows.reduce((total, line) => total + line[key], 0);
    for (const key of ["visits", "person_times", "money_fen", "goods_fen", "total_fen", "objects"]) {
      assert(sum(key) === table.total[key], `${key}: ${sum(key)} against ${table.total[key]}`);
    }
    const persons = table.rows.filter((line) => line.count_unit !== "个").reduce((total, line) => total + line.persons, 0);
    assert(persons === table.total.persons, `persons: ${persons} against ${table.total.persons}`);
    assert(table.total.visits > 6000, "the demo has visits");
  });

  await journey("a township, its village, and the names still open (masked)", async () => {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, locale: "zh-CN" });
    await page.goto(address);
    await page.waitForSelector("body[data-ready]");
    const county = await page.locator("#table tfoot tr").textContent();
    await page.selectOption("#unit", { label: "黄水镇" });
    await page.waitForSelector('body[data-ready="500240105000"]');
    const township = await page.locator("#table tfoot tr").textContent();
    assert(county !== township, "the township's table differs from the county's");
    assert(await page.locator("#village option").count() === 9, "eight villages and 全部");
    const block = page.locator('[data-key="universal_visit"] details').first();
    await block.locator("summary").click();
    // The list is made when the browser tells of the opening, a moment after the click.
    await block.locator(".name").first().waitFor();
    const names = await block.locator(".name").allTextContents();
    assert(names.length > 0, "somebody is still open");
    assert(names.every((name) => /^.\*+$/u.test(name)), `names are masked: ${names.slice(0, 3).join(" ")}`);
    await page.screenshot({ path: join(out, "township-open.png"), fullPage: true });
    const found = await violations(page);
    assert(found.length === 0, `axe: ${found.join(", ")}`);
    const village = await page.locator("#village option").nth(1).getAttribute("value");
    await page.selectOption("#village", village);
    await page.waitForSelector(`body[data-ready="${village}"]`);
    await page.reload();
    await page.waitForSelector(`body[data-ready="${village}"]`);
    await page.close();
  });

  await journey("every file downloads and is what it says", async () => {
    const page = await browser.newPage({ acceptDownloads: true });
    await page.goto(address);
    await page.waitForSelector("body[data-ready]");
    const magic = { xlsx: "PK", docx: "PK", pdf: "%PDF", csv: "\u00ef\u00bb\u00bf" };
    for (const [label, format] of [["Excel", "xlsx"], ["Word", "docx"], ["PDF", "pdf"], ["CSV", "csv"]]) {
      const [download] = await Promise.all([
        page.waitForEvent("download"), page.locator("#downloads").getByText(label, { exact: true }).click(),
      ]);
      assert(download.suggestedFilename() === `石柱土家族自治县统计表.${format}`, download.suggestedFilename());
      const head = readFileSync(await download.path()).subarray(0, 4).toString("latin1");
      assert(head.startsWith(magic[format]), `${format} starts with ${JSON.stringify(head)}`);
    }
    await page.close();
  });

  await journey("the keyboard alone reaches units, table and files", async () => {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await page.goto(address);
    await page.waitForSelector("body[data-ready]");
    const reached = new Set();
    for (let i = 0; i < 30; i += 1) {
      await page.keyboard.press("Tab");
      reached.add(await page.evaluate(() => document.activeElement.id || document.activeElement.className || document.activeElement.textContent));
    }
    for (const wanted of ["skip", "campaign", "unit", "Excel", "PDF", "scroll"]) {
      assert(reached.has(wanted), `${wanted} was not reached: ${[...reached].join(", ")}`);
    }
    await page.close();
  });

  await journey("a page of another origin gets nothing, an unknown unit a sentence", async () => {
    const { request } = await import("node:http");
    const status = await new Promise((resolve, reject) => {
      const { port } = new URL(address);
      request({ host: "127.0.0.1", port, path: "/api/v1/counties", headers: { host: "evil.example" } }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      }).on("error", reject).end();
    });
    assert(status === 403, `foreign host got ${status}`);
    const answer = await fetch(`${address}api/v1/counties/500240/campaigns/bayi-2024/statistics?unit=${encodeURIComponent("没有这个镇")}`);
    const body = await answer.json();
    assert(answer.status === 404 && body.code === "unit.unknown" && body.detail.includes("没有这个镇"), JSON.stringify(body));
  });
}

async function main() {
  if (!existsSync(binary)) throw new Error(`no binary at ${binary}; run ./test or cargo build first`);
  if (!existsSync(browserPath)) throw new Error(`no Chromium at ${browserPath}; ./test installs it`);
  mkdirSync(out, { recursive: true });
  const folder = mkdtempSync(join(tmpdir(), "shuangyong-e2e-"));
  const port = await freePort();
  const address = `http://127.0.0.1:${port}/`;
  const server = spawn(binary, ["demo", "--data", join(folder, "data"), "--listen", `127.0.0.1:${port}`], { stdio: "ignore" });
  let browser;
  try {
    await waitFor(`${address}health`, server);
    browser = await chromium.launch({
      executablePath: browserPath,
      args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"],
    });
    await journeys(browser, address);
  } finally {
    await browser?.close();
    server.kill("SIGTERM");
    rmSync(folder, { recursive: true, force: true });
  }
}

try {
  await main();
} catch (error) {
  results.failed += 1;
  console.log(`FAILED  ${error.message}`);
}
console.log(`${results.passed} passed, ${results.failed} failed`);
process.exit(results.failed === 0 ? 0 : 1);
