// A folder of the built web application before a program that embeds an older one: pages are tried without a build.
import { createReadStream, existsSync } from "node:fs";
import { createServer, request } from "node:http";
import { extname, join } from "node:path";

const TYPES = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".json": "application/json", ".png": "image/png" };

/** Serves `folder` on a free port and hands everything of the API to `address`. */
export function front(folder, address) {
  const server = createServer((asked, answer) => {
    const path = new URL(asked.url, "http://x").pathname;
    if (/^\/(api|health|metrics|help)/.test(path)) {
      const passed = request(address + asked.url, { method: asked.method, headers: asked.headers }, (given) => {
        answer.writeHead(given.statusCode, given.headers);
        given.pipe(answer);
      });
      passed.on("error", () => answer.destroy());
      answer.on("close", () => passed.destroy());
      asked.pipe(passed);
      return;
    }
    const file = join(folder, path);
    const found = extname(path) && existsSync(file) ? file : join(folder, "index.html");
    answer.writeHead(200, { "content-type": TYPES[extname(found)] ?? "application/octet-stream" });
    createReadStream(found).pipe(answer);
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve({ address: `http://127.0.0.1:${server.address().port}`, stop: () => server.close() })));
}
