// The official table: its figures, the records behind them, its files; who may see what.
import { readFileSync } from "node:fs";
import { open, shoot } from "../lib/browser.mjs";
import { assert, equal } from "../lib/check.mjs";

export default async function ({ journey, browser, site }) {
  const statistics = `${site.county}/campaigns/bayi-2024/statistics`;

  await journey("rows add up to the total, as the API says", async () => {
    const table = await (await fetch(statistics)).json();
    const sum = (key) => table.rows.reduce((total, line) => total + line[key], 0);
    for (const key of ["visits", "person_times", "money_fen", "goods_fen", "total_fen", "objects"]) {
      equal(sum(key), table.total[key], key);
    }
    const persons = table.rows.filter((line) => line.count_unit !== "个").reduce((total, line) => total + line.persons, 0);
    equal(persons, table.total.persons, "persons");
    assert(table.total.visits > 6000, "the demo has visits");
  });

  await journey("the county office opens the records behind a figure and reads why they count there", async () => {
    const page = await open(browser, site, { account: await site.account("office") });
    await page.goto(site.address);
    await page.getByRole("navigation", { name: "主菜单" }).getByRole("link", { name: "统计表", exact: true }).click();
    await page.locator("tr[data-row=total]").waitFor();
    equal(await page.locator("#heading").textContent(), "2024年“八一”期间走访慰问驻石部队和优抚对象情况统计表");
    equal(await page.locator(".paper tbody tr").count(), 21, "rows of the table and the total");
    const heads = await page.locator(".paper thead th").allTextContents();
    equal([heads[0], heads[2], heads[5]], ["类别", "走访慰问人数（人）", "合计（万元）"]);
    const table = await (await fetch(statistics)).json();
    const line = table.rows.find((it) => it.key === "old_demobilised");
    const row = page.locator("tr[data-row=old_demobilised]");
    equal(await row.locator("td, th").allTextContents(), table.printed[table.rows.indexOf(line)], "as on paper");
    await row.locator("button.figure").nth(1).click();
    const drawer = page.getByRole("dialog");
    await drawer.locator("tbody tr").first().waitFor();
    await drawer.getByText("名册上的身份是：老复员军人").waitFor();
    await drawer.getByText(`共 ${line.visits.toLocaleString("en-US")} 条`).waitFor();
    equal(await drawer.locator("tbody tr").count(), 20, "visits of the first page");
    await shoot(page, "behind-figure", false);
    await drawer.getByRole("button", { name: "下一页" }).click();
    await drawer.getByText("第 2 页").waitFor();
    await page.keyboard.press("Escape");
    await drawer.waitFor({ state: "hidden" });
    await page.done();
  });

  await journey("a township is chosen by name, kept in the address, and its village below it", async () => {
    const page = await open(browser, site, { account: await site.account("office") });
    await page.goto(`${site.address}/statistics`);
    await page.locator("tr[data-row=total]").waitFor();
    const total = await page.locator("tr[data-row=total]").textContent();
    await page.getByRole("button", { name: /单位：/ }).click();
    await page.getByRole("searchbox").fill("黄水");
    await page.getByRole("treeitem", { name: "黄水镇" }).first().click();
    await page.waitForURL(/unit=500240105000/);
    await page.getByText("填报单位：石柱土家族自治县黄水镇").or(page.getByText("填报单位：黄水镇")).first().waitFor();
    assert((await page.locator("tr[data-row=total]").textContent()) !== total, "the township's table differs");
    await page.reload();
    await page.locator("tr[data-row=total]").waitFor();
    await page.getByRole("button", { name: /黄水镇/ }).waitFor();
    await page.done();
  });

  await journey("every file downloads and is what it says", async () => {
    const page = await open(browser, site, { account: await site.account("office") });
    await page.goto(`${site.address}/statistics`);
    await page.locator("tr[data-row=total]").waitFor();
    const magic = { xlsx: "PK", docx: "PK", pdf: "%PDF", csv: "\u00ef\u00bb\u00bf" };
    for (const [label, format] of [["Excel", "xlsx"], ["Word", "docx"], ["PDF", "pdf"], ["CSV", "csv"]]) {
      const [download] = await Promise.all([
        page.waitForEvent("download"), page.getByRole("button", { name: label, exact: true }).click(),
      ]);
      equal(download.suggestedFilename(), `石柱土家族自治县2024年“八一”期间走访慰问驻石部队和优抚对象情况统计表.${format}`);
      const head = readFileSync(await download.path()).subarray(0, 4).toString("latin1");
      assert(head.startsWith(magic[format]), `${format} starts with ${JSON.stringify(head)}`);
    }
    await page.done();
  });

  await journey("the guide is searched, opens at one's own page and explains its words", async () => {
    const page = await open(browser, site, { account: await site.account("clerk") });
    await page.goto(`${site.address}/`);
    equal(await page.getByRole("link", { name: "帮助" }).getAttribute("href"), "/help/township");
    await page.goto(`${site.address}/help`);
    await page.getByLabel("查找").fill("退回 意见");
    await page.getByRole("link", { name: /^报送统计表、催办、看进度：/ }).first().click();
    await page.waitForURL(/\/help\/submitting/);
    await page.goto(`${site.address}/help`);
    await page.getByRole("link", { name: "词语的意思" }).click();
    await page.getByText("带头入户").waitFor();
    await page.goto(`${site.address}/help`);
    await page.getByLabel("查找").fill("没有这个词");
    await page.getByText("没有找到“没有这个词”").waitFor();
    await page.done();
  });

  await journey("a viewer sees figures and no roster, and a page by its address says why not", async () => {
    const page = await open(browser, site, { account: await site.account("viewer") });
    await page.goto(`${site.address}/statistics`);
    await page.locator("tr[data-row=total]").waitFor();
    const menu = await page.getByRole("navigation", { name: "主菜单" }).textContent();
    assert(menu.includes("统计表") && !menu.includes("名册") && !menu.includes("走访登记"), menu);
    equal(await page.locator("button.figure").count(), 0, "figures that open names");
    await page.done();
    const admin = await open(browser, site, { account: await site.account("sysadmin") });
    await admin.goto(`${site.address}/statistics`);
    await admin.getByRole("heading", { name: "没有这个页面的权限" }).waitFor();
    await shoot(admin, "no-permission");
    await admin.done();
  });

  await journey("on the machine itself figures are seen without an account, names masked", async () => {
    const page = await open(browser, site);
    await page.goto(site.address);
    await page.getByRole("button", { name: "不登录，只看统计" }).click();
    await page.locator("tr[data-row=total]").waitFor();
    await page.getByRole("navigation", { name: "主菜单" }).getByRole("link", { name: "覆盖情况" }).click();
    const block = page.locator('[data-key="universal_visit"]');
    await block.locator("summary").first().click();
    await block.locator(".name").first().waitFor();
    const names = await block.locator(".name").allTextContents();
    assert(names.length > 0 && names.every((name) => /^.\*+$/u.test(name)), `masked: ${names.slice(0, 3).join(" ")}`);
    await shoot(page, "guest-coverage");
    await page.done();
  });

  await journey("an unknown unit is a sentence, not a blank page", async () => {
    const page = await open(browser, site, { account: await site.account("office"), expects: [/404/] });
    await page.goto(`${site.address}/statistics?unit=${encodeURIComponent("没有这个镇")}`);
    await page.getByText("没有这个镇").last().waitFor();
    await page.getByText("请求编号").waitFor();
    await shoot(page, "error");
    await page.done();
  });
}
