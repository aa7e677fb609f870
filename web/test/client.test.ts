import { afterEach, expect, test, vi } from "vitest";
import { api, isProblem, onSessionEnd, take } from "@/shared/api/client";

const answers: Response[] = [];
const sent: Request[] = [];
const json = (status: number, body: unknown) =>
  new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json", "x-request-id": "0123456789abcdef" } });

vi.stubGlobal("fetch", (request: Request) => {
  sent.push(request);
  const next = answers.shift();
  return next ? Promise.resolve(next) : Promise.reject(new TypeError("failed to fetch"));
});
afterEach(() => {
  answers.length = 0;
  sent.length = 0;
  onSessionEnd(null);
});

test("a refusal is thrown with its sentence, code and number", async () => {
  answers.push(json(404, { code: "unit.unknown", status: 404, title: "找不到单位", detail: "没有“某镇”。", details: { word: "某镇" } }));
  const error = await take(api.GET("/api/v1/counties")).catch((it) => it);
  expect(isProblem(error, "unit.unknown")).toBe(true);
  expect(error.detail).toBe("没有“某镇”。");
  expect(error.requestId).toBe("0123456789abcdef");
  expect(error.details.word).toBe("某镇");
});

test("no answer at all is a problem that passes", async () => {
  const error = await take(api.GET("/api/v1/counties")).catch((it) => it);
  expect([error.code, error.isPassing]).toEqual(["network", true]);
});

test("a request that meets an ended session waits for the sign-in and is sent again, body and all", async () => {
  onSessionEnd(() => Promise.resolve(true));
  answers.push(json(401, { code: "session.ended", detail: "请先登录" }), new Response(null, { status: 204 }));
  await take(api.PUT("/api/v1/session/password", { body: { old: "a", new: "b" } }));
  expect(sent).toHaveLength(2);
  expect(await sent[1]?.text()).toBe('{"old":"a","new":"b"}');
  expect(sent[1]?.headers.get("x-shuangyong")).toBe("1");
});

test("whoever does not sign in again gets the refusal; a wrong password asks nothing", async () => {
  onSessionEnd(() => Promise.resolve(false));
  answers.push(json(401, { code: "session.ended", detail: "请先登录" }));
  expect(isProblem(await take(api.GET("/api/v1/session")).catch((it) => it), "session.ended")).toBe(true);
  const ask = vi.fn(() => Promise.resolve(true));
  onSessionEnd(ask);
  answers.push(json(401, { code: "sign_in.refused", detail: "用户名、密码或验证码不正确" }));
  const error = await take(api.POST("/api/v1/sessions", { body: { login: "a", password: "b" } })).catch((it) => it);
  expect(error.code).toBe("sign_in.refused");
  expect(ask).not.toHaveBeenCalled();
});
