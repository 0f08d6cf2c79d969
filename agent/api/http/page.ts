// The page: the files of the built webview, read once at start; nothing else of the disk can be asked for.
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import type { FastifyInstance } from "fastify";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".woff2": "font/woff2",
};

type PageFile = { readonly url: string; readonly type: string; readonly etag: string; readonly body: Buffer };

/** Registers one route for each file that lies directly in the folder; `/` is index.html. A folder without it is an error: the page was not built. */
export async function registerPage(app: FastifyInstance, pageDir: string): Promise<void> {
  const files = await pageFiles(pageDir);
  if (!files.some(({ url }) => url === "/")) throw new Error(`${pageDir} holds no index.html: build the page first (npm run build)`);
  for (const file of files) {
    app.get(file.url, { config: { access: "public" }, schema: { hide: true } }, async (request, reply) => {
      reply.headers({ etag: file.etag, "cache-control": "no-cache" });
      if (request.headers["if-none-match"] === file.etag) return reply.code(304).send();
      return reply.type(file.type).send(file.body);
    });
  }
}

async function pageFiles(pageDir: string): Promise<PageFile[]> {
  const entries = await readdir(pageDir, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isFile() && TYPES[extname(entry.name)] !== undefined).map(({ name }) => name);
  return Promise.all(
    names.map(async (name) => {
      const body = await readFile(join(pageDir, name));
      const etag = `"${createHash("sha256").update(body).digest("base64url").slice(0, 27)}"`;
      return { url: name === "index.html" ? "/" : `/${name}`, type: TYPES[extname(name)] ?? "", etag, body };
    }),
  );
}
