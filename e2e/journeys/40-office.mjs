// Handing in, chasing, paying, administering: one journey for each role.
import { readFileSync } from "node:fs";
import { open, shoot } from "../lib/browser.mjs";
import { assert } from "../lib/check.mjs";

const box = (page) => page.locator(".el-message-box");
/** Answers the dialog that asks why. */
async function because(page, words, yes) {
  const dialog = page.locator("dialog[open], .el-dialog").last();
  await dialog.locator("input, textarea").first().fill(words);
  await dialog.getByRole("button", { name: yes, exact: true }).click();
}

/** The township sees what it has left while it enters visits, and is warned before it spends more. */
async function township(browser, site) {
  const clerk = await open(browser, site, { account: await site.account("clerk") });
  await clerk.goto(`${site.address}/visits/entry`);
  const funds = clerk.locator("p.funds");
  const seen = async (name) => {
    for (const width of [360, 1440]) {
      await clerk.setViewportSize({ width, height: 900 });
      await funds.scrollIntoViewIfNeeded();
      await shoot(clerk, `${name}-${width}`, false);
    }
  };
  await funds.getByText(/^县级下拨慰问金还剩 [\d,]+\.\d\d 元。$/).waitFor();
  await seen("funds-left");
  await clerk.locator("td[role=gridcell]").first().click();
  await clerk.locator("td[role=gridcell] input").evaluate((input) => {
    const data = new DataTransfer();
    data.setData("text/plain", "走访日期\t走访方式\t对象姓名\t慰问金\t资金来源\n2024-07-22\t登门看望\t试填甲\t900000\t县级下拨\n");
    input.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
  });
  await clerk.getByRole("alert").filter({ hasText: "现在填写的会超支" }).waitFor();
  await seen("funds-over");
  await clerk.done();
}

export default async function ({ journey, browser, site }) {
  await journey("a township hands in its table, the county returns it, takes it, and asks the others", async () => {
    const clerk = await open(browser, site, { account: await site.account("clerk") });
    const office = await open(browser, site, { account: await site.account("office") });
    const submit = async () => {
      await clerk.goto(`${site.address}/submissions`);
      await clerk.locator("tbody tr").first().click();
      await clerk.getByRole("dialog").getByRole("button", { name: /^(报送|重新报送)$/ }).click();
      await box(clerk).getByRole("button", { name: "报送" }).click();
      await clerk.getByText("已报送", { exact: true }).first().waitFor();
    };
    await submit();
    await office.goto(`${site.address}/submissions`);
    await office.getByRole("button", { name: /已报待收 1/ }).click();
    await office.locator("tbody tr").first().click();
    const drawer = office.getByRole("dialog", { name: /街道|镇|乡/ }).first();
    await drawer.getByRole("button", { name: "退回" }).click();
    await because(office, "请核对慰问金来源", "退回");
    await office.getByText("已退回", { exact: true }).first().waitFor();
    await submit();
    await office.goto(`${site.address}/submissions?standing=submitted`);
    await office.locator("tbody tr").first().click();
    await office.getByRole("dialog").getByRole("button", { name: "接收" }).click();
    await box(office).getByText(/接收后单位不能再改报或撤回/).waitFor();
    await box(office).getByRole("button", { name: "接收", exact: true }).click();
    await office.getByText("已接收").waitFor();
    await office.goto(`${site.address}/submissions`);
    await office.getByRole("button", { name: /催办全部未报（32）/ }).click();
    await because(office, "请今天内报送", "催办");
    await office.getByText(/个单位还没有账号，请电话通知/).waitFor();
    await shoot(office, "submissions", false);
    await clerk.done();
    await office.done();
  });

  await journey("maker, checker and approver pay a batch; what the bank returns is put right, paid again and filed", async () => {
    const maker = await open(browser, site, { account: await site.account("maker"), expects: [/422/] });
    await maker.goto(`${site.address}/payments/new`);
    await maker.getByRole("button", { name: "试算" }).click();
    await maker.getByText(/应发/).first().waitFor();
    await shoot(maker, "payment-preview", false);
    await maker.getByRole("button", { name: "编制批次" }).click();
    await maker.waitForURL(/\/payments\/[0-9a-z-]{8,}/);
    let address = maker.url().split("?")[0];
    await maker.getByText("草拟", { exact: true }).waitFor();
    // What blocks is taken out, what warns is passed with a reason.
    for (let i = 0; i < 12; i += 1) {
      await maker.goto(address);
      await maker.locator(".what").or(maker.getByText("没有发现问题")).first().waitFor();
      const blocked = maker.locator("li").filter({ has: maker.locator(".weight.block") }).filter({ hasNotText: "未处理 0 笔" });
      if (await blocked.count() === 0) break;
      await blocked.first().getByRole("button", { name: "看明细" }).click();
      await maker.getByRole("button", { name: "全部剔除" }).click();
      await because(maker, "核实后补发", "全部剔除");
      await maker.getByText(/已剔除 \d+ 笔/).first().waitFor();
    }
    await maker.goto(address);
    await maker.locator(".what").or(maker.getByText("没有发现问题")).first().waitFor();
    for (let i = 0; i < 12; i += 1) {
      const pass = maker.getByRole("button", { name: "说明理由放行" });
      if (await pass.count() === 0) break;
      const left = await pass.count();
      await pass.first().click();
      await because(maker, "已逐笔核对", "放行");
      await maker.waitForFunction((before) => [...document.querySelectorAll("button")].filter((it) => it.textContent.includes("说明理由放行")).length < before, left);
    }
    await maker.goto(`${site.address}/payments`);
    await maker.locator("tbody tr").first().waitFor();
    await shoot(maker, "payments-list", false);
    const step = async (login, button, after) => {
      const page = await open(browser, site, { account: await site.account(login) });
      await page.goto(address);
      await page.getByRole("button", { name: button, exact: true }).click();
      await box(page).getByRole("button", { name: button }).click();
      await page.locator(".state").getByText(after).waitFor();
      await page.done();
    };
    await step("checker", "复核通过", "已复核");
    await step("approver", "审批通过", "已审批");
    await maker.goto(address);
    await maker.getByRole("button", { name: "导出代发文件" }).click();
    const dialog = maker.getByRole("dialog");
    await dialog.getByLabel(/^代发格式/).selectOption({ label: "通用表" }).catch(async () => dialog.getByLabel(/^代发格式/).selectOption("plain_xlsx"));
    await dialog.getByRole("button", { name: "导出", exact: true }).click();
    await maker.locator(".state").getByText("已导出").waitFor();
    await maker.getByRole("tab", { name: /代发文件/ }).click();
    const [file] = await Promise.all([maker.waitForEvent("download"), maker.getByRole("button", { name: "下载" }).first().click()]);
    assert(readFileSync(await file.path()).length > 1000, "a bank file");
    await maker.getByRole("button", { name: "登记已送银行" }).click();
    await box(maker).getByRole("button", { name: "登记已送银行" }).click();
    await maker.locator(".state").getByText("已送银行").waitFor();
    await shoot(maker, "payment-batch", false);
    await maker.getByRole("tab", { name: "表和公示" }).click();
    await maker.getByLabel(/^公示地点/).fill("各村（社区）公示栏");
    await maker.getByRole("button", { name: "登记", exact: true }).click();
    await maker.getByText("已登记", { exact: true }).waitFor();
    const fetched = async (row, button, magic) => {
      const place = row ? maker.locator("li").filter({ hasText: row }) : maker;
      const [paper] = await Promise.all([maker.waitForEvent("download"), place.getByRole("button", { name: button, exact: true }).click()]);
      assert(readFileSync(await paper.path()).subarray(0, magic.length).toString() === magic, `${row} ${button}`);
    };
    await fetched("审批表", "PDF", "%PDF");
    await fetched("签领表", "Word", "PK");
    await fetched("汇总表", "Excel", "PK");
    await fetched(null, "下载凭证包", "PK");
    // The bank paid all but one.
    const lines = await maker.evaluate(async (batch) => {
      const found = [];
      for (let cursor = ""; cursor !== null;) {
        const asked = `/api/v1/counties/500240/payment-lines?batch=${batch}&state=waiting&limit=100${cursor && `&cursor=${encodeURIComponent(cursor)}`}`;
        const page = await (await fetch(asked)).json();
        found.push(...page.items);
        cursor = page.next ?? null;
      }
      return found.map((it) => [it.seq, it.amount_fen]);
    }, address.split("/").pop());
    assert(lines.length > 10, `${lines.length} lines wait`);
    const row = ([seq, fen], words, day) => `${seq},${(fen / 100).toFixed(2)},${words},${day}\n`;
    const listed = (rows) => ({ name: "结果.csv", mimeType: "text/csv", buffer: Buffer.from(`序号,金额,处理结果,失败原因,交易日期\n${rows.join("")}`) });
    const [refusedLine, ...paidLines] = lines;
    const first = listed([row(refusedLine, "失败,账户已销户", "2024-07-26"), ...paidLines.map((it) => row(it, "成功,", "2024-07-26"))]);
    const results = async () => {
      await maker.goto(address);
      await maker.getByRole("tab", { name: /银行结果/ }).click();
    };
    const choose = (file) => maker.locator("input[type=file]").setInputFiles(file);
    const confirm = async () => {
      await maker.getByRole("button", { name: "确认导入" }).click();
      await maker.getByText(/^已导入：成功/).first().waitFor();
    };
    await results();
    await choose(first);
    await maker.getByText(`共 ${lines.length.toLocaleString("en-US")} 行`).waitFor();
    await shoot(maker, "payment-result", false);
    await confirm();
    await maker.locator(".state").getByText("全部有结果").waitFor();
    // The township puts the account right by the passbook.
    const clerk = await open(browser, site, { account: await site.account("maker") });
    await clerk.goto(`${site.address}/payment-returns`);
    await clerk.getByRole("button", { name: "更正账号" }).first().click();
    const correction = clerk.getByRole("dialog", { name: /更正账号/ });
    await correction.getByLabel(/^依据/).fill("核对本人存折，原账号未销户");
    await correction.getByLabel(/^开户行/).fill("农村商业银行");
    await correction.getByRole("button", { name: "更正", exact: true }).click();
    await clerk.getByText(/账号已更正/).first().waitFor();
    await clerk.done();
    // It is paid again; the first answer is not taken for the second, whatever the clerk chooses.
    await maker.goto(address);
    await maker.getByRole("button", { name: "退票编成补发批次" }).click();
    const firstAddress = address;
    await box(maker).getByRole("button", { name: "退票编成补发批次" }).click();
    await maker.waitForURL((url) => /\/payments\/[0-9a-z-]{8,}/.test(url.pathname) && !url.pathname.endsWith(firstAddress.split("/").pop()));
    address = maker.url().split("?")[0];
    await maker.locator(".what").or(maker.getByText("没有发现问题")).first().waitFor();
    await step("checker", "复核通过", "已复核");
    await step("approver", "审批通过", "已审批");
    await maker.goto(address);
    await maker.getByRole("button", { name: "导出代发文件" }).click();
    await maker.getByRole("dialog").getByRole("button", { name: "导出", exact: true }).click();
    await maker.locator(".state").getByText("已导出").waitFor();
    await maker.getByRole("button", { name: "登记已送银行" }).click();
    await box(maker).getByRole("button", { name: "登记已送银行" }).click();
    await maker.locator(".state").getByText("已送银行").waitFor();
    await results();
    const again = ([, fen], words, day) => row([1, fen], words, day);
    await choose(listed([again(refusedLine, "失败,账户已销户", "2024-07-26")]));
    await maker.getByText(/分不清是哪一笔的结果/).first().waitFor();
    await shoot(maker, "payment-other-answer", false);
    // A list without days is tried again with the day that the clerk types.
    await choose({ name: "退票.csv", mimeType: "text/csv", buffer: Buffer.from(`序号,金额,处理结果\n1,${(refusedLine[1] / 100).toFixed(2)},失败\n`) });
    await maker.getByText(/请填写发放日期/).first().waitFor();
    await maker.getByLabel("发放日期").fill("2024-07-29");
    await maker.getByRole("button", { name: "再试导" }).click();
    await maker.getByText(/退票 1/).waitFor();
    // What was said of the refused file is gone.
    await maker.getByText(/请填写发放日期后再导入/).waitFor({ state: "detached" });
    for (const width of [360, 1440]) {
      await maker.setViewportSize({ width, height: 900 });
      await shoot(maker, `payment-answer-${width}`);
    }
    await choose(listed([again(refusedLine, "成功,", "2024-07-29")]));
    await maker.getByText("共 1 行").waitFor();
    await confirm();
    for (const place of [address, firstAddress]) {
      await maker.goto(place);
      await maker.getByRole("button", { name: "归档" }).click();
      await box(maker).getByRole("button", { name: "归档" }).click();
      await maker.locator(".state").getByText("已归档").waitFor();
    }
    // A return after filing opens the batch again.
    address = firstAddress;
    await results();
    await choose(listed([row(paidLines[0], "失败,账户冻结", "2024-08-20")]));
    await confirm();
    await maker.locator(".state").getByText("全部有结果").waitFor();
    await maker.locator(".totals li").filter({ hasText: "退票" }).getByText("2 笔").waitFor();
    await maker.done();
  });

  await journey("funds go down to a township, are used and settled; goods without a signature are named", async () => {
    const maker = await open(browser, site, { account: await site.account("maker") });
    await maker.goto(`${site.address}/ledger`);
    const row = maker.locator("tbody tr").filter({ hasText: "南宾街道" }).first();
    const handed = Number((await row.locator("td").nth(1).innerText()).replaceAll(",", ""));
    assert(handed > 0, "the demo county handed money down");
    await maker.getByRole("button", { name: "登记", exact: true }).click();
    const form = maker.getByRole("dialog", { name: "登记" });
    await form.getByRole("button", { name: /单位：/ }).click();
    await maker.getByRole("searchbox").fill("南宾街道");
    await maker.getByRole("treeitem", { name: "南宾街道" }).first().click();
    await form.getByLabel("人数").fill("150");
    await form.getByLabel("每人标准（元）").fill("200");
    await form.getByRole("button", { name: "登记", exact: true }).click();
    await maker.getByText("已登记", { exact: true }).waitFor();
    const now = (handed + 30_000).toLocaleString("en-US", { minimumFractionDigits: 2 });
    await row.getByText(now, { exact: true }).first().waitFor();
    await shoot(maker, "ledger", false);
    await township(browser, site);
    await maker.getByRole("tab", { name: "没有签领的走访" }).click();
    await maker.locator("tbody tr").first().waitFor();
    await maker.goto(`${site.address}/reconciliation`);
    await maker.getByRole("button", { name: /慰问品没有签领表或照片/ }).click();
    await maker.locator("tbody tr").first().waitFor();
    await maker.done();
  });

  await journey("the system administrator makes an account, the security administrator gives it a role, the auditor verifies", async () => {
    const system = await open(browser, site, { account: await site.account("sysadmin") });
    await system.goto(`${site.address}/accounts`);
    await system.getByRole("button", { name: "建立账号" }).click();
    const form = system.getByRole("dialog", { name: "建立账号" });
    await form.getByLabel(/^账号/).fill("newclerk");
    await form.getByLabel(/^姓名/).fill("新来的");
    await form.getByRole("button", { name: "建立", exact: true }).click();
    await system.locator("code").waitFor();
    await system.goto(`${site.address}/operations`);
    await system.getByText("七天内没有备份").waitFor();
    await system.done();
    const security = await open(browser, site, { account: await site.account("secadmin") });
    await security.goto(`${site.address}/accounts?login=newclerk`);
    await security.getByRole("dialog").getByLabel("授予").selectOption("viewer");
    await security.getByRole("dialog").getByRole("button", { name: "授予" }).click();
    await security.getByText("已授予").waitFor();
    await security.done();
    const auditor = await open(browser, site, { account: await site.account("auditadmin") });
    await auditor.goto(`${site.address}/audit`);
    await auditor.getByRole("button", { name: "校验日志" }).click();
    await auditor.getByText("日志完整，没有发现改动").waitFor();
    await shoot(auditor, "audit-verified", false);
    await auditor.done();
  });

  await journey("a viewer looks at the room's board; a troop's liaison and a leader find their pages", async () => {
    const viewer = await open(browser, site, { account: await site.account("viewer"), width: 1920, height: 1080 });
    await viewer.goto(`${site.address}/board`);
    await viewer.locator("svg.map").waitFor();
    await shoot(viewer, "board-1920", false);
    assert(!/\d{6}\*{8}/.test(await viewer.content()), "no numbers of people");
    await viewer.done();
    for (const login of ["troop", "leader", "approver", "checker"]) {
      const page = await open(browser, site, { account: await site.account(login) });
      await page.goto(site.address);
      await page.getByRole("heading", { name: /您好/ }).waitFor();
      const links = await page.getByRole("navigation", { name: "主菜单" }).getByRole("link").evaluateAll((all) => all.map((it) => it.getAttribute("href")));
      for (const link of links) {
        await page.goto(site.address + link);
        await page.locator("main h1").first().waitFor().catch(() => assert(false, `${login}: ${link} shows no heading`));
        assert(await page.getByText("没有这个页面的权限").count() === 0, `${login}: ${link} is in the menu and refused`);
      }
      await page.done();
    }
  });

  await journey("a template is tried before it is taken, and the guide is there", async () => {
    const page = await open(browser, site, { account: await site.account("office") });
    await page.goto(`${site.address}/campaigns`);
    await page.locator("details li input").first().waitFor();
    await page.getByRole("button", { name: "试用" }).click();
    await page.getByText("没有走访改变归类").waitFor();
    await shoot(page, "campaigns", false);
    const guide = await page.context().newPage();
    await guide.goto(`${site.address}/help`);
    await guide.getByRole("link", { name: "乡镇（街道）、部门" }).click();
    await guide.getByRole("heading", { name: "录入走访：最快的办法" }).waitFor();
    await guide.close();
    await page.done();
  });
}
