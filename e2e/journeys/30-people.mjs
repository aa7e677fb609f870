// The roster and visits in the browser: found, revealed, pasted, kept as a draft, imported and undone, arranged.
import { readFileSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { open, shoot } from "../lib/browser.mjs";
import { assert, equal } from "../lib/check.mjs";

const CAMPAIGN = "bayi-2024";

export default async function ({ journey, browser, site }) {
  await journey("the county office finds a person, sees the record and reveals a number with a reason", async () => {
    const page = await open(browser, site, { account: await site.account("office") });
    await page.goto(`${site.address}/roster`);
    await page.locator("tbody tr").first().waitFor();
    const name = (await page.locator("tbody tr td").first().textContent()).trim();
    await page.getByPlaceholder("姓名、拼音首字母或证件后四位").fill(name);
    await page.getByRole("button", { name: "查询" }).click();
    const found = page.locator("tbody tr").filter({ hasText: name });
    await page.waitForFunction((one) => [...document.querySelectorAll("tbody tr")].every((row) => row.textContent.includes(one)), name);
    await page.reload();
    await found.first().waitFor();
    equal(await page.getByPlaceholder("姓名、拼音首字母或证件后四位").inputValue(), name, "what was looked for is there again");
    await found.first().click();
    const drawer = page.getByRole("dialog");
    await drawer.getByText("身份证号").first().waitFor();
    equal((await drawer.getByRole("heading").first().textContent()).trim(), name, "the record is named as the list names it");
    await page.waitForURL(/person=/);
    assert(!decodeURIComponent(page.url()).includes(name), `no name in the address: ${page.url()}`);
    const masked = await drawer.locator(".masked").first().textContent();
    assert(/\*{8}/.test(masked), `masked: ${masked}`);
    await drawer.getByRole("button", { name: "查看身份证号明文" }).click();
    const reason = page.locator("dialog[open], .el-dialog").filter({ hasText: "查看身份证号" }).last();
    await reason.locator("input, textarea").first().fill("核对本人身份");
    await reason.getByRole("button", { name: "查看", exact: true }).click();
    await drawer.locator(".masked .plain").waitFor();
    assert(/^\d{17}[\dX]$/.test((await drawer.locator(".masked .plain").textContent()).trim()), "the whole number");
    await drawer.getByRole("tab", { name: "变更记录" }).click();
    await drawer.getByRole("tab", { name: "历年走访" }).click();
    await shoot(page, "person", false);
    await page.done();
  });

  await journey("a page of a hundred persons", async () => {
    const page = await open(browser, site, { account: await site.account("office") });
    await page.addInitScript(() => localStorage.setItem("shuangyong:page-size", "100"));
    let answered = 0;
    page.on("response", (it) => {
      if (/\/persons\/search/.test(it.url())) it.finished().then(() => { answered = Date.now(); });
    });
    await page.goto(`${site.address}/roster`);
    await page.locator("tbody tr").nth(99).waitFor();
    console.log(`        100 rows after the answer: ${Date.now() - answered} ms`);
    await page.done();
  });

  await journey("a clerk pastes 200 visits from Excel, mends one and hands them in; what is unsent stays", async () => {
    const page = await open(browser, site, { account: await site.account("clerk") });
    await page.goto(`${site.address}/visits/entry`);
    await page.locator("table[role=grid] tbody tr").first().waitFor();
    const lines = Array.from({ length: 200 }, (_, at) => `2024-07-${String((at % 28) + 1).padStart(2, "0")}\t${at === 3 ? "飞鸽传书" : "登门看望"}\t粘贴${at}\t退役军人\t${at % 9 ? "" : "500"}\t${at % 9 ? "" : "本单位"}\t大米1袋\t60`);
    const text = `走访日期\t走访方式\t对象姓名\t对象类别\t慰问金（元）\t资金来源\t慰问品\t慰问品折价（元）\r\n${lines.join("\r\n")}\r\n`;
    await page.locator("td[role=gridcell]").first().click();
    await page.locator("td[role=gridcell] input").evaluate((input, pasted) => {
      const data = new DataTransfer();
      data.setData("text/plain", pasted);
      input.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
    }, text);
    await page.getByText("1 行还有要改的地方").waitFor();
    console.log(`        paste of 200 rows: ${await page.locator("[data-paste-ms]").getAttribute("data-paste-ms")} ms`);
    await page.getByText("共 200 条").first().waitFor().catch(() => null);
    await shoot(page, "visit-entry-pasted", false);
    await page.waitForTimeout(600);
    await page.reload();
    await page.getByText("已恢复您").waitFor();
    await page.getByText("1 行还有要改的地方").waitFor();
    const cell = page.locator("table[role=grid] tbody tr").nth(3).locator("td[role=gridcell]").nth(1);
    await cell.click();
    await page.keyboard.type("电话问候");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "登记 200 条" }).click();
    await page.getByText("已登记 200 条").waitFor({ timeout: 60_000 });
    await page.getByText("共 0 条").waitFor();
    const { body } = await (await site.account("clerk")).get(`/api/v1/counties/500240/visits?campaign=${CAMPAIGN}&limit=100&from=2024-07-04&to=2024-07-04`);
    assert(body.items.filter((it) => it.goods[0]?.name === "大米").length >= 7, "the visits of a day are there");
    await page.done();
  });

  await journey("the sheet: a picked person stays, a paste over cells asks and can be taken back, a leader's kind is asked for", async () => {
    const page = await open(browser, site, { account: await site.account("clerk") });
    await page.goto(`${site.address}/visits/entry?campaign=${CAMPAIGN}`);
    const row = page.locator("table[role=grid] tbody tr").first();
    const cell = (at) => row.locator("td[role=gridcell]").nth(at);
    const pick = page.getByRole("combobox", { name: "从名册里选人" });
    await pick.fill("陈");
    await page.locator("[role=listbox] [role=option]").first().waitFor();
    await pick.press("Enter");
    await page.getByText("登记 1 条").waitFor();
    const name = await cell(2).textContent();
    const paste = async (at, text) => {
      await cell(at).click();
      await row.locator("input").evaluate((input, pasted) => {
        const data = new DataTransfer();
        data.setData("text/plain", pasted);
        input.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
      }, text);
    };
    await cell(0).click();
    await page.keyboard.type("2024-02-30");
    await page.keyboard.press("Enter");
    await row.getByRole("button", { name: "走访日期", exact: true }).waitFor();
    await page.getByText("登记 0 条").waitFor();
    await row.getByRole("button", { name: "走访日期", exact: true }).click();
    await page.getByText("2月没有30日，请核对").waitFor();
    await page.keyboard.type("2024-07-06");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowUp");
    equal(await page.evaluate(() => document.activeElement.getAttribute("aria-label")), "第1行 走访日期", "the way up keeps the focus");
    await paste(5, "600\t本单位");
    await page.getByText("已粘贴。").waitFor();
    await paste(5, "700\t本单位");
    await page.locator(".el-message-box").getByText("粘贴会改写 1 个已经填写的格子。").waitFor();
    await page.locator(".el-message-box").getByRole("button", { name: "改写" }).click();
    await page.getByText("700.00").first().waitFor();
    await page.getByRole("button", { name: "撤销粘贴" }).click();
    await page.getByText("600.00").first().waitFor();
    await cell(9).click();
    await page.keyboard.type("马平");
    await page.keyboard.press("Enter");
    await row.getByRole("button", { name: "领导类别", exact: true }).waitFor();
    await shoot(page, "visit-entry-doubt", false);
    await page.getByRole("button", { name: "登记 1 条" }).click();
    await page.locator(".el-message-box").getByText("有 1 条写了带队领导而没有领导类别，不会计入带头入户。").waitFor();
    await page.locator(".el-message-box").getByRole("button", { name: "照此登记" }).click();
    await page.getByText("已登记 1 条。").waitFor();
    await page.getByRole("link", { name: "查看走访记录" }).click();
    const saved = page.locator("tbody tr").first();
    await saved.filter({ hasText: name }).filter({ hasText: "600" }).waitFor();
    await saved.click();
    await page.getByRole("dialog").getByText("走访情况").or(page.getByRole("dialog").getByText("登门看望")).first().waitFor();
    const id = new URL(page.url()).searchParams.get("visit");
    const { body } = await (await site.account("clerk")).get(`/api/v1/counties/500240/visits/${id}`);
    equal(body.object.kind, "person", "the visit is to the person of the roster");
    // Nothing is left that would be called a draft.
    await page.goto(`${site.address}/visits/entry?campaign=${CAMPAIGN}`);
    await page.locator("table[role=grid] tbody tr").first().waitFor();
    equal(await page.getByText("已恢复您").count(), 0);
    await page.done();
  });

  await journey("a change of a visit keeps whom it went to; what somebody else saved meanwhile is shown beside", async () => {
    const clerk = await site.account("clerk");
    const page = await open(browser, site, { account: clerk });
    const id = "01910000-0000-7000-8000-00000000a001";
    const url = `/api/v1/counties/500240/visits/${id}`;
    const { unit } = (await clerk.get("/api/v1/session")).body.roles[0];
    const visit = { campaign: CAMPAIGN, unit, visited_on: "2024-07-08", method: "talk", name: "某训练分队", category: "驻石部队" };
    equal((await clerk.put(url, visit)).status, 201);
    const row = (await clerk.get(url)).body.row.key;
    // To open it is not to type.
    await page.goto(`${site.address}/visits/${id}/edit`);
    await page.waitForFunction(() => document.querySelector("textarea") !== null);
    await page.waitForTimeout(600);
    await page.goto(`${site.address}/visits/${id}/edit`);
    const note = page.getByLabel("备注");
    await note.waitFor();
    equal(await page.getByText("已恢复您").count(), 0);
    equal(await page.getByLabel("对象类别").inputValue(), "驻军部队");
    await note.fill("已核对");
    await page.waitForTimeout(600);
    equal((await clerk.put(url, { ...visit, leader_name: "马平", leader_kind: "principal", note: "电话核对" }, { "if-match": '"1"' })).status, 200);
    await page.goto(`${site.address}/visits/${id}/edit`);
    await page.getByText("在您填写期间别人改过这条走访").waitFor();
    // What only the other changed is taken along; what both changed is decided here.
    equal(await page.getByLabel("带队领导").inputValue(), "马平");
    const lines = page.locator("[role=region][aria-label=两边的不同] tbody tr");
    equal([await lines.count(), (await lines.first().textContent()).replace("采用库里的", "")].join(" "), "1 备注已核对电话核对");
    await shoot(page, "visit-conflict", false);
    await page.getByRole("button", { name: "对照完毕，继续编辑" }).click();
    await page.getByRole("button", { name: "保存", exact: true }).click();
    await page.waitForURL(/\/visits\?/);
    const { body } = await clerk.get(url);
    equal([body.row.key, body.object.name, body.category, body.leader_name, body.note].join(" "), `${row} 某训练分队 驻军部队 马平 已核对`);
    await page.done();
  });

  await journey("the menu's link to the page that is open, and 重置, leave it alive", async () => {
    const page = await open(browser, site, { account: await site.account("office") });
    await page.goto(`${site.address}/statistics`);
    const table = page.locator(".paper table");
    await table.waitFor();
    await page.getByRole("navigation").getByRole("link", { name: "统计表", exact: true }).click();
    await page.waitForURL(/campaign=/);
    await table.waitFor();
    await page.goto(`${site.address}/visits`);
    await page.locator("tbody tr").first().waitFor();
    await page.getByRole("button", { name: "重置" }).click();
    await page.waitForURL(/campaign=/);
    await page.locator("tbody tr").first().waitFor();
    await page.done();
  });

  await journey("a form says at the field what is wrong, and keeps what was typed", async () => {
    const page = await open(browser, site, { account: await site.account("clerk"), expects: [/status of 4\d\d/] });
    await page.goto(`${site.address}/roster/new`);
    await page.getByLabel("姓名（必填）").or(page.getByLabel(/^姓名/)).first().fill("试填人");
    const number = page.getByLabel(/^身份证号/);
    await number.fill("123");
    await number.blur();
    await page.getByRole("alert").filter({ hasText: /位|号码|证/ }).first().waitFor();
    await page.waitForTimeout(500);
    await page.reload();
    await page.getByText("已恢复您").waitFor();
    equal(await page.getByLabel(/^身份证号/).inputValue(), "123");
    await page.getByRole("button", { name: "放弃，重新填写" }).click();
    await page.done();
  });

  await journey("a file is planned, read through, taken and undone", async () => {
    const page = await open(browser, site, { account: await site.account("office") });
    await page.goto(`${site.address}/imports?kind=visit&campaign=${CAMPAIGN}`);
    const [form] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "下载填写模板" }).click()]);
    assert(readFileSync(await form.path()).subarray(0, 2).toString() === "PK", "the form is a workbook");
    const path = `${await form.path()}.csv`;
    writeFileSync(path, "\ufeff走访日期,走访单位,走访方式,对象姓名,对象类别\n2024-07-02,黄水镇,登门看望,导入甲,退役军人\n2024-07-03,黄水镇,飞鸽传书,导入乙,退役军人\n");
    await page.locator("input[type=file]").setInputFiles(path);
    await page.getByText("检查完毕，还没有写入").waitFor();
    await page.getByRole("cell", { name: "走访方式" }).first().waitFor();
    await shoot(page, "import-plan", false);
    // What a message of a finished check links to is this page.
    await page.waitForURL(/[?&]plan=/);
    await page.goto(`${site.address}/visit/plans/${new URL(page.url()).searchParams.get("plan")}`);
    await page.getByText("检查完毕，还没有写入").waitFor();
    await page.getByRole("button", { name: "确认写入" }).click();
    await page.getByText("已写入：新增 1").waitFor();
    // The list follows a moment later: the row is known by its file, not by where it stands.
    const row = page.locator("tbody tr").filter({ hasText: basename(path) });
    await row.getByRole("button", { name: "撤销" }).click();
    await page.locator(".el-message-box").getByRole("button", { name: "撤销" }).click();
    await page.getByText("已撤销，1 条记录恢复原样").waitFor();
    await page.done();
  });

  await journey("a leader's visit is arranged and shown in the village's list", async () => {
    const page = await open(browser, site, { account: await site.account("clerk") });
    await page.goto(`${site.address}/arrangements?campaign=${CAMPAIGN}`);
    await page.getByRole("button", { name: "新的安排" }).click();
    const form = page.getByRole("dialog");
    await form.getByLabel("日期", { exact: false }).first().fill("2024-07-30");
    await form.getByLabel(/^带队领导/).fill("马平");
    await form.getByLabel("领导职务").fill("镇长");
    const pick = form.getByRole("combobox", { name: "加一个走访对象" });
    await pick.fill("陈");
    await page.locator("[role=listbox] [role=option]").first().waitFor();
    await pick.press("Enter");
    await form.locator("ol li").first().waitFor();
    await form.getByRole("button", { name: "保存" }).click();
    await page.getByText("已安排").waitFor();
    await page.getByText("镇长 马平").waitFor();
    await shoot(page, "arrangements", false);
    await page.getByRole("tab", { name: "走访清单" }).click();
    const [paper] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "打印 PDF" }).click()]);
    assert(readFileSync(await paper.path()).subarray(0, 4).toString() === "%PDF", "a PDF");
    await page.done();
  });

  await journey("a village station confirms the year and reports a death with its proof", async () => {
    const page = await open(browser, site, { account: await site.account("village") });
    await page.goto(`${site.address}/confirmations`);
    await page.locator("tbody tr").first().waitFor();
    const name = (await page.locator("tbody tr td").nth(1).textContent()).trim();
    await page.locator("tbody tr").first().getByRole("button", { name: "确认" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "确认", exact: true }).click();
    await page.getByText("已确认 1 人").waitFor();
    await page.goto(`${site.address}/status-changes`);
    await page.getByRole("button", { name: "上报变动" }).click();
    const form = page.getByRole("dialog");
    const pick = form.getByRole("combobox", { name: "查找人员" });
    await pick.fill(name);
    await page.locator("[role=listbox] [role=option]").first().waitFor();
    await pick.press("Enter");
    await form.getByLabel("情况说明").fill("家属报告，附证明");
    const proof = { name: "证明.txt", mimeType: "text/plain", buffer: Buffer.from("死亡证明（测试）") };
    await form.locator("input[type=file]").setInputFiles(proof);
    await form.getByText("证明.txt").waitFor();
    await form.getByRole("button", { name: "上报", exact: true }).click();
    await page.getByText("已上报，等待县级审核").waitFor();
    await page.done();

    const office = await open(browser, site, { account: await site.account("office") });
    await office.goto(`${site.address}/status-changes`);
    await office.locator("tbody tr").first().getByRole("button", { name: "确认" }).click();
    await office.locator(".el-message-box").getByRole("button", { name: "确认" }).click();
    await office.getByText("已确认", { exact: true }).first().waitFor();
    await office.done();
  });
}
