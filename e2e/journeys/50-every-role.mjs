// Every entry of everybody's menu opens a page that works for them: no refusal, no error, nothing left loading.
import { open, settle } from "../lib/browser.mjs";
import { assert } from "../lib/check.mjs";

const LOGINS = ["office", "maker", "checker", "approver", "clerk", "leader", "village", "troop", "viewer", "sysadmin", "secadmin", "auditadmin"];

async function walk(page, site, who) {
  const menu = page.getByRole("navigation", { name: "主菜单" }).getByRole("link");
  await menu.first().waitFor();
  const links = await menu.evaluateAll((all) => all.map((it) => it.getAttribute("href")));
  assert(links.length >= 3, `${who} has a menu`);
  for (const link of links) {
    await page.goto(site.address + link);
    await page.locator("main h1").first().waitFor().catch(() => assert(false, `${who}: ${link} shows no heading`));
    await settle(page);
    const wrong = await page.locator("[role=alert] h2, .el-message--error").allTextContents();
    assert(wrong.length === 0, `${who}: ${link}: ${wrong.join("; ")}`);
  }
}

export default async function ({ journey, browser, site }) {
  for (const login of LOGINS) {
    await journey(`every entry of the menu works for ${login}`, async () => {
      const page = await open(browser, site, { account: await site.account(login) });
      await page.goto(site.address);
      await walk(page, site, login);
      await page.done();
    });
  }

  await journey("every entry of the menu works without an account", async () => {
    const page = await open(browser, site, {});
    await page.goto(site.address);
    await page.getByRole("button", { name: "不登录，只看统计" }).first().click();
    const menu = page.getByRole("navigation", { name: "主菜单" }).getByRole("link");
    await menu.first().waitFor();
    for (const name of await menu.allTextContents()) {
      await page.getByRole("navigation", { name: "主菜单" }).getByRole("link", { name: name.trim(), exact: true }).click();
      await page.locator("main h1").first().waitFor();
      await settle(page);
      const wrong = await page.locator("[role=alert] h2, .el-message--error").allTextContents();
      assert(wrong.length === 0, `guest: ${name}: ${wrong.join("; ")}`);
    }
    await page.done();
  });
}
