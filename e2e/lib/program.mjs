// The real program on a demo county of its own, in a temporary folder.
import { execFileSync, spawn } from "node:child_process";
import { createWriteStream, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Account } from "./account.mjs";
import { front } from "./front.mjs";

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

async function waitFor(url, child, tries = 600) {
  for (let i = 0; i < tries; i += 1) {
    if (child.exitCode !== null) throw new Error(`the program ended with ${child.exitCode}`);
    try {
      if ((await fetch(url)).ok) return;
    } catch {
      // not listening yet
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error("the program does not answer");
}

/** `accounts` are those that the demo prints: login -> password. What it logs goes to `log`. */
export async function start(binary, log) {
  const folder = mkdtempSync(join(tmpdir(), "shuangyong-e2e-"));
  const data = join(folder, "data");
  const port = await freePort();
  const child = spawn(binary, ["demo", "--data", data, "--listen", `127.0.0.1:${port}`], { stdio: ["ignore", "pipe", "pipe"] });
  child.stderr.pipe(createWriteStream(log));
  let said = "";
  child.stdout.on("data", (piece) => {
    said += piece;
  });
  const address = `http://127.0.0.1:${port}`;
  const stop = async () => {
    const gone = new Promise((resolve) => (child.exitCode === null ? child.once("exit", resolve) : resolve()));
    child.kill("SIGTERM");
    const timer = setTimeout(() => child.kill("SIGKILL"), 10_000);
    await gone;
    clearTimeout(timer);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await waitFor(`${address}/health`, child);
  } catch (error) {
    await stop();
    throw error;
  }
  // For work on the pages: SHUANGYONG_E2E_WEB=web/dist shows them instead of those in the program.
  const shown = process.env.SHUANGYONG_E2E_WEB ? await front(process.env.SHUANGYONG_E2E_WEB, address) : null;
  const passwords = Object.fromEntries([...said.matchAll(/^ {2}(\w+) +(\S+) /gm)].map((it) => [it[1], it[2]]));
  const known = new Map();
  const recovery = {};
  return {
    address: shown?.address ?? address,
    county: `${address}/api/v1/counties/500240`,
    passwords,
    /** A recovery code of an account whose second factor a journey bound. */
    recovery,
    stop: async () => {
      shown?.stop();
      await stop();
    },
    /** Runs a command of the program on the same data. */
    cli: (...args) => execFileSync(binary, [...args, "--data", data], { encoding: "utf8" }),
    /** A demo account, signed in once (with its second factor where its role asks for one). */
    async account(login) {
      if (!known.has(login)) {
        known.set(login, Account.signIn(address, login, passwords[login], recovery[login]));
      }
      return known.get(login);
    },
    /** A new account with a one-time password. */
    newAccount(login, name, role, unit) {
      const place = unit ? ["--unit", unit] : [];
      const made = this.cli("account", "create", login, "--name", name, "--role", role, ...place, "--format", "json");
      return JSON.parse(made).one_time_password;
    },
  };
}
