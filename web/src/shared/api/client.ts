// The one way to the server: openapi-fetch over the generated types, refusals as Problem, and a request that meets
// an ended session waits for the sign-in dialog and is then sent again.
import createClient from "openapi-fetch";
import { Problem, problemOf, unreachable } from "./problem";
import type { components, paths } from "./schema";

export type Schema = components["schemas"];
export { Problem } from "./problem";
export { newId } from "./id";

/** Asks the user to sign in again over the page; true when they did. Set by the application's shell. */
let signInAgain: (() => Promise<boolean>) | null = null;
export function onSessionEnd(ask: (() => Promise<boolean>) | null): void {
  signInAgain = ask;
}

async function send(request: Request): Promise<Response> {
  const again = signInAgain ? request.clone() : null;
  let response: Response;
  try {
    response = await fetch(request);
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw unreachable();
  }
  // Signing in, and ending the session: sent again after a new sign-in, the latter would end that one.
  const path = new URL(request.url).pathname;
  const isOfSession = (path === "/api/v1/sessions" && request.method === "POST") || (path === "/api/v1/session" && request.method === "DELETE");
  if (response.status !== 401 || isOfSession || !again || !signInAgain) return response;
  return (await signInAgain()) ? send(again) : response;
}

/** Typed calls: `api.GET("/api/v1/counties/{county}/units", { params: { path: { county } } })`. */
export const api = createClient<paths>({
  baseUrl: globalThis.location?.origin ?? "http://localhost",
  credentials: "same-origin",
  // Foreign pages cannot send this header.
  headers: { "x-shuangyong": "1" },
  fetch: send,
});

interface Answered<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** What the server answered, or the Problem thrown. */
export async function take<T>(call: Promise<Answered<T>>): Promise<T> {
  const { data, error, response } = await call;
  if (!response.ok) throw problemOf(error, response);
  return data as T;
}

/** The same with the tag of the version, for a later `If-Match`. */
export async function takeTagged<T>(call: Promise<Answered<T>>): Promise<{ data: T; tag: string | null }> {
  const { data, error, response } = await call;
  if (!response.ok) throw problemOf(error, response);
  return { data: data as T, tag: response.headers.get("etag") };
}

/** The header for a change that starts from this version (`version` of a record) or tag. */
export function ifMatch(version: number | string): { "If-Match": string } {
  const text = String(version);
  return { "If-Match": text.startsWith('"') ? text : `"${text}"` };
}

/** Uploads bytes; the types know them as text only. */
export function bytes(body: Blob): { body: never; bodySerializer: (it: unknown) => never; headers: Record<string, string> } {
  return {
    body: body as never,
    bodySerializer: (it) => it as never,
    headers: { "content-type": "application/octet-stream" },
  };
}

/** Fetches a file of the server and hands it to the browser; a refusal becomes a Problem, not a broken file. */
export async function download(path: string, query: Record<string, string | undefined> = {}): Promise<void> {
  const url = new URL(path, location.origin);
  for (const [name, value] of Object.entries(query)) if (value) url.searchParams.set(name, value);
  const response = await send(new Request(url, { headers: { "x-shuangyong": "1" }, credentials: "same-origin" }));
  if (!response.ok) throw problemOf(await response.json().catch(() => null), response);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await response.blob());
  link.download = fileName(response.headers.get("content-disposition")) ?? "下载";
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** The name in `Content-Disposition: attachment; filename*=UTF-8''…`. */
export function fileName(disposition: string | null): string | null {
  const coded = disposition?.match(/filename\*=UTF-8''([^;]+)/i)?.[1];
  if (coded) return decodeURIComponent(coded);
  return disposition?.match(/filename="?([^";]+)"?/i)?.[1] ?? null;
}

/** Whether an error is a refusal with this code. */
export function isProblem(error: unknown, code: string): error is Problem {
  return error instanceof Problem && error.code === code;
}
