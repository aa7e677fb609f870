// Words of codes in the pages are those of the domain; a new code there fails here.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { ROLES } from "../src/office/features/administration/roles";
import { HELP_WORDS, LEADER_WORDS, METHOD_WORDS, SOURCE_WORDS } from "../src/office/features/visits/synonyms";
import { CHANGES, CLASSES, HARDSHIPS, HELP, LEADERS, MEANS, METHODS, NATURES, SOURCES, STATUSES } from "../src/shared/words";

const read = (path: string) => readFileSync(new URL(path, import.meta.url), "utf8");
/** The `words! { Name { A = "code", "label"; … } }` of a Rust file. */
function words(file: string, name: string): Record<string, string> {
  const text = read(`../../crates/domain/src/${file}`);
  const block = new RegExp(`\\n\\s+${name} \\{([\\s\\S]*?)\\n\\s+\\}\\n`).exec(text)?.[1] ?? "";
  return Object.fromEntries([...block.matchAll(/= "([^"]+)", "([^"]+)";/g)].map((it) => [it[1], it[2]]));
}

test.each([
  ["visit/mod.rs", "Method", METHODS], ["visit/mod.rs", "HelpKind", HELP], ["visit/mod.rs", "MoneySource", SOURCES], ["visit/mod.rs", "LeaderKind", LEADERS],
  ["person.rs", "PersonClass", CLASSES], ["person.rs", "PersonStatus", STATUSES], ["person.rs", "Hardship", HARDSHIPS], ["person.rs", "DisabilityNature", NATURES],
  ["confirmation.rs", "Means", MEANS], ["status_change.rs", "ChangeKind", CHANGES],
])("%s %s", (file, name, ours) => {
  const domain = words(file, name);
  expect(Object.keys(domain).length).toBeGreaterThan(0);
  expect(ours).toEqual(domain);
});

test.each([["METHOD_WORDS", "Method", METHOD_WORDS], ["LEADER_WORDS", "LeaderKind", LEADER_WORDS], ["SOURCE_WORDS", "MoneySource", SOURCE_WORDS], ["HELP_WORDS", "HelpKind", HELP_WORDS]])("%s", (list, name, ours) => {
  const mod = read("../../crates/domain/src/visit/mod.rs");
  const block = new RegExp(`\\n\\s+${name} \\{([\\s\\S]*?)\\n\\s+\\}\\n`).exec(mod)?.[1] ?? "";
  const codes = Object.fromEntries([...block.matchAll(/(\w+) = "([^"]+)"/g)].map((it) => [it[1], it[2]]));
  const text = new RegExp(`const ${list}: [^=]*= &\\[([\\s\\S]*?)\\];`).exec(read("../../crates/domain/src/visit/words.rs"))?.[1] ?? "";
  const domain = Object.fromEntries([...text.matchAll(/\("([^"]+)", \w+::(\w+)\)/g)].map((it) => [it[1], codes[it[2] as string]]));
  expect(Object.keys(domain).length).toBeGreaterThan(5);
  expect(ours).toEqual(domain);
});

test("roles are those of the matrix", () => {
  const rows = [...read("../../docs/authority.md").matchAll(/^\| ([^|]+) \| `([a-z_]+)` \|/gm)].map((it) => [it[2], it[1]]);
  expect(ROLES).toEqual(Object.fromEntries(rows));
});
