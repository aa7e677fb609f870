// An account as the API knows it: signs in, keeps its cookie, enrols its second factor.
import { createHmac } from "node:crypto";

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** The authenticator's code now (RFC 6238). */
export function totp(secret, nowMs = Date.now()) {
  let bits = "";
  for (const letter of secret.replace(/[\s=]/g, "")) bits += BASE32.indexOf(letter).toString(2).padStart(5, "0");
  const key = Buffer.from(bits.match(/.{8}/g).map((it) => Number.parseInt(it, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(nowMs / 30_000)));
  const hash = createHmac("sha1", key).update(counter).digest();
  const place = hash[19] & 15;
  return String((hash.readUInt32BE(place) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

export class Account {
  constructor(address, login, password) {
    Object.assign(this, { address, login, password, cookie: "", secret: null });
  }

  /** `second` is a recovery code of an account that has its second factor already. */
  static async signIn(address, login, password, second) {
    const account = new Account(address, login, password);
    const { body } = await account.post("/api/v1/sessions", { login, password, second });
    if (body.pending === "second_factor") await account.enrol();
    return account;
  }

  async enrol() {
    this.secret = (await this.post("/api/v1/session/second-factor")).body.secret;
    await this.call("PUT", "/api/v1/session/second-factor", { code: totp(this.secret) });
  }

  async call(method, path, body, headers = {}) {
    const answer = await fetch(this.address + path, {
      method,
      headers: { "x-shuangyong": "1", "content-type": "application/json", cookie: this.cookie, ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const cookie = answer.headers.get("set-cookie");
    if (cookie) this.cookie = cookie.split(";")[0];
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path} as ${this.login}: ${answer.status} ${text.slice(0, 300)}`);
    return { status: answer.status, headers: answer.headers, body: text.startsWith("{") ? JSON.parse(text) : text };
  }

  get(path) {
    return this.call("GET", path);
  }

  post(path, body) {
    return this.call("POST", path, body);
  }

  put(path, body, headers) {
    return this.call("PUT", path, body, headers);
  }
}
