// Browser journeys against the real binary and a real Chromium. Usage: node e2e/run.mjs PATH_OF_BINARY [WORD]
// WORD runs only the files of journeys/ whose name holds it. Pictures go to e2e/out. The last line is
// "N passed, M failed".
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { launch, out } from "./lib/browser.mjs";
import { start } from "./lib/program.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const binary = process.argv[2] ?? join(here, "..", "target", "debug", "shuangyong");
const word = process.argv[3] ?? "";
const chromium = process.env.CHROMIUM ?? "/usr/bin/chromium";
const results = { passed: 0, failed: 0 };

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

async function main() {
  if (!existsSync(binary)) throw new Error(`no binary at ${binary}; run ./test or cargo build first`);
  if (!existsSync(chromium)) throw new Error(`no Chromium at ${chromium}; ./test installs it`);
  mkdirSync(out, { recursive: true });
  const site = await start(binary, join(out, "program.log"));
  let browser;
  try {
    browser = await launch(chromium);
    const files = readdirSync(join(here, "journeys")).filter((it) => it.endsWith(".mjs") && it.includes(word)).sort();
    for (const file of files) {
      const { default: journeys } = await import(pathToFileURL(join(here, "journeys", file)).href);
      await journeys({ journey, browser, site });
    }
  } finally {
    await browser?.close();
    await site.stop();
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
