// docs/guide as pages below /help, in web/dist/help. Run after a build of the application.
import { cpSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Marked } from "marked";

const guide = fileURLToPath(new URL("../../docs/guide/", import.meta.url));
const out = fileURLToPath(new URL("../dist/help/", import.meta.url));
const STYLE = `
  :root { --brand: #b42318; --line: #d9dce1; }
  body { margin: 0; background: #f5f6f8; color: #1f2329; font: 16px/1.8 system-ui, "PingFang SC", "HarmonyOS Sans SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif; }
  header { background: var(--brand); color: #fff; padding: 10px 20px; } header a { color: #fff; }
  main { max-width: 860px; margin: 20px auto 60px; background: #fff; border: 1px solid var(--line); border-radius: 8px; padding: 12px 32px 40px; overflow-wrap: anywhere; }
  a { color: var(--brand); } h1 { font-size: 26px; } h2 { font-size: 20px; margin-top: 1.8em; border-bottom: 1px solid var(--line); padding-bottom: 4px; } h3 { font-size: 17px; }
  img { max-width: 100%; border: 1px solid var(--line); border-radius: 6px; }
  .wide { overflow-x: auto; } table { border-collapse: collapse; } th, td { border: 1px solid var(--line); padding: 5px 12px; text-align: left; vertical-align: top; }
  .find { display: flex; gap: 8px; align-items: center; } .find input { flex: 1; min-width: 0; font: inherit; padding: 6px 10px; border: 1px solid #8a9099; border-radius: 6px; }
  .found { list-style: none; padding: 0; } .found li { border-bottom: 1px solid var(--line); padding: 8px 0; } .found small { color: #5a6169; display: block; font-size: 14px; }
  code { background: #f2f3f5; border-radius: 4px; padding: 1px 5px; font-size: 14px; } pre { background: #f2f3f5; border-radius: 6px; padding: 12px 16px; overflow-x: auto; } pre code { padding: 0; }
  @media (max-width: 600px) { main { margin: 0; border: 0; border-radius: 0; padding: 8px 16px 40px; } }
  @media print { header { display: none; } main { border: 0; } }`;

const marked = new Marked({ gfm: true });
marked.use({ renderer: {
  link({ href, title, tokens }) {
    const inside = href.replace(/^([\w-]+)\.md/, "/help/$1").replace("/help/README", "/help");
    const text = this.parser.parseInline(tokens);
    // What lies outside the guide is on no server.
    return inside.startsWith("../") ? text : `<a href="${inside}"${title ? ` title="${title}"` : ""}>${text}</a>`;
  },
  image({ href, text }) {
    return `<img src="/help/${href}" alt="${text}" loading="lazy">`;
  },
} });

mkdirSync(out, { recursive: true });
const FIND = '<form class="find" role="search"><label for="words">查找</label><input id="words" type="search" placeholder="如：退回、名册、备份" autocomplete="off"></form><ul class="found" id="found" aria-live="polite"></ul><script src="/help/find.js" defer></script>';
/** What is looked through: each part of a page, with where it stands. */
const parts = [];
const plain = (text) => text.replaceAll(/!?\[([^\]]*)\]\([^)]*\)/g, "$1").replaceAll(/[`*|#>]/g, " ").replaceAll(/\s+/g, " ").trim();
const pages = readdirSync(guide).filter((it) => it.endsWith(".md")).map((it) => join(guide, it));
for (const path of pages) {
  const name = basename(path);
  const source = readFileSync(path, "utf8");
  const title = /^# (.+)$/m.exec(source)?.[1] ?? "使用指南";
  const body = marked.parse(source).replaceAll("<table>", '<div class="wide"><table>').replaceAll("</table>", "</table></div>");
  const isIndex = name === "README.md";
  const file = isIndex ? "index.html" : name.replace(/\.md$/, ".html");
  if (!isIndex) {
    for (const [at, part] of source.split(/^## /m).entries()) {
      const heading = at === 0 ? "" : (part.split("\n", 1)[0] ?? "");
      parts.push({ page: title, to: `/help/${name.replace(/\.md$/, "")}`, part: plain(heading), text: plain(part) });
    }
  }
  const html = `<!doctype html>\n<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${title} · 双拥通</title><link rel="icon" href="/icon.svg" type="image/svg+xml"><link rel="stylesheet" href="/help/guide.css"></head><body><header><a href="/help">使用指南</a>　<a href="/">回到双拥通</a></header><main>${isIndex ? body.replace("</h1>", `</h1>${FIND}`) : body}</main></body></html>\n`;
  writeFileSync(join(out, file), html);
}
writeFileSync(join(out, "guide.css"), STYLE);
writeFileSync(join(out, "find.js"), `const PARTS = ${JSON.stringify(parts)};\n${readFileSync(new URL("find.js", import.meta.url), "utf8")}`);
for (const name of readdirSync(guide).filter((it) => /\.(png|jpg|svg|webp)$/.test(it))) cpSync(join(guide, name), join(out, name));
console.log(`guide: ${pages.length} pages`);
