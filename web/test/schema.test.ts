import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { features } from "@/office/feature";
import { CLASSES, HELP, LEADERS, METHODS, SOURCES } from "@/shared/words";

const read = (path: string) => readFileSync(new URL(path, import.meta.url), "utf8");

test("schema.d.ts was made from the server's openapi.json (else: npm --prefix web run api)", () => {
  const sum = createHash("sha256").update(read("../../crates/server/tests/server/openapi.json")).digest("hex");
  expect(read("../src/shared/api/schema.d.ts")).toContain(`sha256 of openapi.json: ${sum}`);
});

/** The `words!` of an enum in the domain: code to label. */
function wordsOf(text: string, name: string): Record<string, string> {
  const body = new RegExp(`\\n {4}${name} \\{([\\s\\S]*?)\\n {4}\\}`).exec(text)?.[1];
  if (!body) throw new Error(`no ${name} in the domain`);
  return Object.fromEntries([...body.matchAll(/= "([^"]+)", "([^"]+)"/g)].map((it) => [it[1]!, it[2]!]));
}

test("words for codes are those of the domain", () => {
  const visit = read("../../crates/domain/src/visit/mod.rs");
  expect(METHODS).toEqual(wordsOf(visit, "Method"));
  expect(HELP).toEqual(wordsOf(visit, "HelpKind"));
  expect(SOURCES).toEqual(wordsOf(visit, "MoneySource"));
  expect(LEADERS).toEqual(wordsOf(visit, "LeaderKind"));
  expect(CLASSES).toEqual(wordsOf(read("../../crates/domain/src/person.rs"), "PersonClass"));
});

test("features name themselves after their folder and ask for permissions that exist", () => {
  const known = read("../../docs/authority.md");
  const folders = Object.keys(import.meta.glob("../src/office/features/*/feature.ts")).map((it) => it.split("/").at(-2));
  expect(features.map((it) => it.name).sort()).toEqual(folders.sort());
  const paths: string[] = [];
  for (const feature of features) {
    const asked = [feature.permission, ...(feature.menu ?? []).map((it) => it.permission), ...feature.routes.map((it) => it.meta?.permission)];
    for (const permission of asked.filter((it) => it !== undefined)) expect(known).toContain(`\`${permission}\``);
    for (const route of feature.routes) {
      expect(route.meta?.title, route.path).toBeTruthy();
      paths.push(route.path);
    }
  }
  expect(new Set(paths).size).toBe(paths.length);
});
