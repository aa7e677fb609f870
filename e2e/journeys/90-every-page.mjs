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
];

export default async function ({ journey, browser, site }) {
  for (const [name, path, login, ready] of PAGES) {
    for (const width of WIDTHS) {
      await journey(`${name} at ${width} px in every mode`, async () => {
        for (const [mode, display] of Object.entries(MODES)) {
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
    await page.locator(".menu-drawer").getByRole("link", { name: "统计表" }).waitFor();
    await shoot(page, "menu-360", false);
    await audit(page, "the drawer");
    await page.locator(".menu-drawer").getByRole("link", { name: "统计表" }).click();
    await page.locator("tr[data-row=total]").waitFor();
    await page.locator(".menu-drawer").waitFor({ state: "hidden" });
    await page.done();
  });

  await journey("the keyboard alone reaches menu, choice, files and the figures", async () => {
    const page = await open(browser, site, { account: await site.account("office") });
    await page.goto(`${site.address}/statistics`);
    await page.locator("tr[data-row=total]").waitFor();
    const reached = new Set();
    for (let i = 0; i < 40; i += 1) {
      await page.keyboard.press("Tab");
      reached.add(await page.evaluate(() => `${document.activeElement.className} ${document.activeElement.textContent.trim()}`));
    }
    const all = [...reached].join("; ");
    for (const wanted of ["跳到正文", "统计表", "Excel", "picker", "scroll", "figure"]) assert(all.includes(wanted), `${wanted} was not reached: ${all}`);
    await page.done();
  });
}
