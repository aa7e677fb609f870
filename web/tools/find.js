// Finds words in the guide: runs on its index page, behind `const PARTS`, which guide.mjs writes in front of it.
/* global PARTS, document */
const words = document.getElementById("words");
const found = document.getElementById("found");

/** The words around where one of them stands. */
function around(text, word) {
  const at = Math.max(0, text.indexOf(word) - 24);
  return `${at > 0 ? "…" : ""}${text.slice(at, at + 72)}…`;
}

function find() {
  const asked = words.value.trim().split(/\s+/).filter(Boolean);
  found.replaceChildren();
  if (asked.length === 0) return;
  // A page whose heading says it comes before one that only mentions it.
  const weight = (it) => asked.filter((word) => it.part.includes(word) || it.page.includes(word)).length;
  const hits = PARTS.filter((it) => asked.every((word) => it.text.includes(word) || it.page.includes(word))).sort((a, b) => weight(b) - weight(a));
  for (const it of hits.slice(0, 20)) {
    const link = document.createElement("a");
    link.href = it.to;
    link.textContent = it.part ? `${it.page}：${it.part}` : it.page;
    const text = document.createElement("small");
    text.textContent = around(it.text, asked[0]);
    const item = document.createElement("li");
    item.append(link, text);
    found.append(item);
  }
  if (hits.length === 0) {
    const item = document.createElement("li");
    item.textContent = `没有找到“${words.value.trim()}”，换一个词试试。`;
    found.append(item);
  }
}
words.addEventListener("input", find);
words.form.addEventListener("submit", (event) => { event.preventDefault(); find(); });
