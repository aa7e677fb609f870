// Every page at every width in every mode: axe, no sideways scrolling, a picture; the keyboard alone.
import { audit, MODES, open, shoot, WIDTHS } from "../lib/browser.mjs";
import { assert } from "../lib/check.mjs";

/** Address, who looks, and what stands there when it is ready. */
const PAGES = [
  ["login", "/login", null, "button[type=submit]"],
  ["workbench", "/", "office", "main h1"],
  ["statistics", "/statistics", "office", "tr[data-row=total]"],
  ["coverage", "/coverage", "office", ".card[data-key]"],
  ["messages", "/messages", "office", "main h1"],
  ["me", "/me", "office", ".session"],
  ["roster", "/roster", "office", "tbody tr"],
  ["person-form", "/roster/new", "office", "form .form-grid"],
  ["duplicates", "/duplicates", "office", "main h1"],
  ["candidates", "/candidates", "office", "main h1"],
  ["confirmations", "/confirmations", "office", "tbody tr"],
  ["status-changes", "/status-changes", "office", "main h1"],
  ["imports", "/imports", "office", ".drop"],
  ["visits", "/visits", "office", "tbody tr"],
  ["visit-entry", "/visits/entry", "clerk", "table[role=grid] tbody tr"],
  ["visit-form", "/visits/new", "clerk", "form .form-grid"],
  ["submissions", "/submissions", "office", "tbody tr"],
  ["ranking", "/ranking", "office", "tbody tr"],
  ["charts", "/charts", "office", "svg.map"],
  ["board", "/board", "viewer", "svg.map"],
  ["payments", "/payments", "maker", "main h1"],
  ["payment-new", "/payments/new", "maker", "form .form-grid"],
  ["payment-returns", "/payment-returns", "clerk", "main h1"],
  ["ledger", "/ledger", "clerk", "tbody tr"],
  ["reconciliation", "/reconciliation", "office", "tbody tr"],
  ["payment-comparisons", "/payment-comparisons", "maker", "main h1"],
  ["bank-layouts", "/bank-layouts", "maker", ".panel"],
  ["arrangements-page", "/arrangements", "office", "main h1"],
  ["campaigns", "/campaigns", "office", "details li input"],
  ["dictionary", "/dictionary", "office", "table"],
  ["operations", "/operations", "sysadmin", ".facts"],
  ["units", "/units?unit=500240105000", "office", ".facts"],
  ["calendar", "/calendar", "office", ".panel"],
  ["accounts", "/accounts", "secadmin", "tbody tr"],
  ["tokens", "/tokens", "secadmin", "form .form-grid"],
  ["audit", "/audit", "auditadmin", "tbody tr"],
];
/** Those that are shown large in one mode are enough in the others at the usual width. */
const EVERY = new Set(["login", "workbench", "statistics", "roster", "visit-entry", "payments"]);

export default async function ({ journey, browser, site }) {
  for (const [name, path, login, ready] of PAGES) {
    for (const width of WIDTHS) {
      await journey(`${name} at ${width} px in every mode`, async () => {
        for (const [mode, display] of Object.entries(MODES)) {
          if (mode !== "normal" && width === 1024 && !EVERY.has(name)) continue;
          const account = login ? await site.account(login) : null;
          const page = await open(browser, site, { width, account, mode: display });
          await page.goto(site.address + path);
          await page.locator(ready).first().waitFor();
          await shoot(page, mode === "normal" ? `${name}-${width}` : `${name}-${width}-${mode}`);
          await audit(page, mode);
          await page.done();
        }
      });
    }
  }

  await journey("at 360 px the menu is a drawer", async () => {
    const page = await open(browser, site, { width: 360, account: await site.account("office") });
    await page.goto(site.address);
    await page.getByRole("button", { name: "打开菜单" }).click();
    await page.locator(".menu-drawer").getByRole("link", { name: "统计表", exact: true }).waitFor();
    await shoot(page, "menu-360", false);
    await audit(page, "the drawer");
    await page.locator(".menu-drawer").getByRole("link", { name: "统计表", exact: true }).click();
    await page.locator("tr[data-row=total]").waitFor();
    await page.locator(".menu-drawer").waitFor({ state: "hidden" });
    await page.done();
  });

  await journey("the keyboard alone reaches menu, choice, files and the figures", async () => {
    const page = await open(browser, site, { account: await site.account("office") });
    await page.goto(`${site.address}/statistics`);
    await page.locator("tr[data-row=total]").waitFor();
    const reached = new Set();
    for (let i = 0; i < 80; i += 1) {
      await page.keyboard.press("Tab");
      reached.add(await page.evaluate(() => `${document.activeElement.className} ${document.activeElement.textContent.trim()}`));
    }
    const all = [...reached].join("; ");
    for (const wanted of ["跳到正文", "统计表", "Excel", "picker", "scroll", "figure"]) assert(all.includes(wanted), `${wanted} was not reached: ${all}`);
    await page.done();
  });
}
