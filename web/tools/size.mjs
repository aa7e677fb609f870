// What a browser loads at first, gzip, against the budget: the sign-in page, then the workbench. Run after a build.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { fileURLToPath } from "node:url";

const dist = fileURLToPath(new URL("../dist/", import.meta.url));
const BUDGETS = [
  { name: "login", page: "src/office/login/LoginPage.vue", most: 120_000 },
  { name: "workbench", page: "src/office/features/workbench/WorkbenchPage.vue", most: 300_000 },
];
const ALWAYS = { login: [], workbench: ["src/office/layout/Shell.vue"] };
const manifest = JSON.parse(readFileSync(`${dist}.vite/manifest.json`, "utf8"));

/** A part with everything that it imports at once. */
function collect(key, files) {
  const part = manifest[key];
  if (!part) throw new Error(`no ${key} in the manifest`);
  if (files.has(part.file)) return;
  files.add(part.file);
  for (const css of part.css ?? []) files.add(css);
  for (const other of part.imports ?? []) collect(other, files);
}

let tooLarge = false;
for (const { name, page, most } of BUDGETS) {
  const files = new Set(["index.html", "icon.svg"]);
  for (const key of ["index.html", ...ALWAYS[name], page]) collect(key, files);
  const bytes = [...files].reduce((sum, file) => sum + gzipSync(readFileSync(dist + file)).length, 0);
  const mark = bytes > most ? "TOO LARGE" : "ok";
  tooLarge ||= bytes > most;
  console.log(`${name.padEnd(10)} ${(bytes / 1000).toFixed(1).padStart(6)} kB of ${most / 1000} kB in ${files.size} files  ${mark}`);
}
process.exit(tooLarge ? 1 : 0);
