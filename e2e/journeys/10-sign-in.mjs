// Signing in: a one-time password, a wrong one, a second factor, the end of a session, the locked desk.
import { audit, open, shoot, signIn } from "../lib/browser.mjs";
import { assert, equal } from "../lib/check.mjs";
import { totp } from "../lib/account.mjs";

const FRESH = "kuaizi-shuibei-2871-denglong";

export default async function ({ journey, browser, site }) {
  await journey("the sign-in page says where it is, and a wrong password what to do", async () => {
    const page = await open(browser, site);
    await page.goto(`${site.address}/statistics?unit=500240105000`);
    await page.waitForURL(/\/login/);
    await page.getByText("石柱土家族自治县").waitFor();
    await signIn(page, "office", "wrong-password");
    await page.getByRole("alert").getByText("不正确").waitFor();
    await page.click("button.show");
    equal(await page.getAttribute("input[name=password]", "type"), "text", "the password is shown");
    await shoot(page, "login-1440");
    await signIn(page, "office", site.passwords.office);
    await page.waitForURL(/\/statistics\?.*unit=500240105000/);
    await page.done();
  });

  await journey("a one-time password is changed before anything else", async () => {
    const once = site.newAccount("newcomer", "测试新人", "unit_clerk", "黄水镇");
    const page = await open(browser, site, { expects: [/422/] });
    await page.goto(site.address);
    await signIn(page, "newcomer", once);
    await page.waitForURL(/\/setup/);
    await page.goto(`${site.address}/statistics`);
    await page.waitForURL(/\/setup/);
    const fill = async (old, fresh, again) => {
      await page.fill("input[name=old]", old);
      await page.fill("input[name=new]", fresh);
      await page.fill("input[name=again]", again);
      await page.getByRole("button", { name: "修改密码" }).click();
    };
    await fill(once, FRESH, `${FRESH}x`);
    await page.getByText("两次填写的新密码不一样").waitFor();
    await fill(once, "1234567890", "1234567890");
    await page.getByText("容易被猜中").first().waitFor();
    await audit(page, "setup");
    await shoot(page, "setup-password");
    await fill(once, FRESH, FRESH);
    await page.getByRole("heading", { name: "统计表", exact: true }).waitFor();
    await page.done();
    const again = await open(browser, site);
    await again.goto(site.address);
    await signIn(again, "newcomer", FRESH);
    await again.getByRole("heading", { name: /测试新人/ }).waitFor();
    await again.done();
  });

  await journey("a role that needs a second factor is led through binding it, and signs in with it", async () => {
    const page = await open(browser, site);
    await page.goto(site.address);
    await signIn(page, "secadmin", site.passwords.secadmin);
    await page.waitForURL(/\/setup/);
    await page.getByRole("button", { name: "开始绑定" }).click();
    await page.locator("svg[role=img]").waitFor();
    await audit(page, "setup with the code to scan");
    await shoot(page, "setup-second-factor");
    const secret = (await page.locator("code").textContent()).replace(/\s/g, "");
    await page.fill("input[name=code]", "000000");
    await page.getByRole("button", { name: "确认绑定" }).click();
    await page.locator(".message", { hasText: /./ }).first().waitFor();
    await page.fill("input[name=code]", totp(secret));
    await page.getByRole("button", { name: "确认绑定" }).click();
    await page.getByText("恢复码只显示这一次").waitFor();
    const recovery = await page.locator(".codes li").allTextContents();
    equal(recovery.length, 10, "recovery codes");
    site.recovery.secadmin = recovery[1];
    await page.getByRole("button", { name: "我已保存，继续" }).click();
    await page.getByRole("heading", { name: /您好/ }).waitFor();
    await page.done();
    const again = await open(browser, site);
    await again.goto(site.address);
    await signIn(again, "secadmin", site.passwords.secadmin);
    await again.locator("input[name=second]").waitFor();
    await shoot(again, "login-second-factor");
    await again.fill("input[name=second]", recovery[0]);
    await again.click("button[type=submit]");
    await again.getByRole("heading", { name: /您好/ }).waitFor();
    await again.done();
  });

  await journey("a session that ended asks over the page, and the page goes on where it was", async () => {
    const account = await site.account("clerk");
    const page = await open(browser, site, { account });
    await page.goto(`${site.address}/coverage`);
    await page.locator(".card[data-key]").first().waitFor();
    await account.call("DELETE", "/api/v1/session");
    await page.getByRole("link", { name: "统计表", exact: true }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("登录已失效").waitFor();
    await shoot(page, "session-ended");
    await audit(page, "the dialog over the page");
    await dialog.locator("input[name=password]").fill("wrong");
    await dialog.getByRole("button", { name: "继续" }).click();
    await dialog.getByText("不正确").waitFor();
    await dialog.locator("input[name=password]").fill(site.passwords.clerk);
    await dialog.getByRole("button", { name: "继续" }).click();
    await page.locator("tr[data-row=total]").waitFor();
    await page.done();
    await account.post("/api/v1/sessions", { login: "clerk", password: site.passwords.clerk });
  });

  await journey("a locked desk shows nothing and opens by the password alone", async () => {
    const page = await open(browser, site);
    await page.goto(site.address);
    await signIn(page, "leader", site.passwords.leader);
    await page.getByRole("heading", { name: /您好/ }).waitFor();
    await page.getByRole("button", { name: "锁屏" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("屏幕已锁定").waitFor();
    await page.keyboard.press("Escape");
    await page.keyboard.press("Escape");
    await dialog.getByText("屏幕已锁定").waitFor();
    await shoot(page, "locked");
    const status = await page.evaluate(async () => (await fetch("/api/v1/session")).status);
    equal(status, 401, "the session ended at the server");
    await dialog.locator("input[name=password]").fill(site.passwords.leader);
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => !document.querySelector("dialog[open]"));
    await page.getByRole("button", { name: "退出" }).click();
    await page.waitForURL(/\/login/);
    await page.done();
  });

  await journey("a page of another origin gets nothing", async () => {
    const { request } = await import("node:http");
    const status = await new Promise((resolve, reject) => {
      const { port } = new URL(site.address);
      request({ host: "127.0.0.1", port, path: "/api/v1/counties", headers: { host: "evil.example" } }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      }).on("error", reject).end();
    });
    equal(status, 403);
    const posted = await fetch(`${site.address}/api/v1/sessions`, { method: "POST", headers: { "content-type": "application/json" }, body: "{}" });
    assert(posted.status === 403, `without our header: ${posted.status}`);
  });
}
