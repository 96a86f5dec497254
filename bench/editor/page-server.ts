import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { type Bundle, bundlePage, type PageBody, type Served } from './bundle.ts';


export interface PageServer {
  readonly origin: string;
  /** From now on the scripts of pages wait until what this answers is called. */
  hold(): () => void;
  stop(): Promise<void>;
}

/** Serves each page at `/<name>/`, all in the same way: packed, never kept by the browser. `/blank` is empty; `tokens` answers the rest. */
export async function servePages(pages: readonly PageBody[], tokens?: RequestListener): Promise<PageServer> {
  const served = new Map<string, Served>([['/blank', document('')]]);
  for (const page of pages) {
    const bundle = await bundlePage(page.name);
    served.set(`/${page.name}/`, document(bodyOf(page, bundle)));
    for (const [path, file] of bundle) served.set(`/${page.name}/${path}`, file);
  }
  let held: Promise<void> = Promise.resolve();
  const server = createServer(async (request, response) => {
    if (request.url!.endsWith('/page.js')) await held;
    const file = served.get(request.url!);
    if (!file && tokens) return void tokens(request, response);
    response.writeHead(file ? 200 : 404, { 'content-type': file?.type ?? 'text/plain', 'cache-control': 'no-store', ...(file ? { 'content-encoding': 'gzip' } : {}) }).end(file?.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    hold() {
      const { promise, resolve } = Promise.withResolvers<void>();
      held = promise;
      return resolve;
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function bodyOf({ html, text }: PageBody, bundle: Bundle): string {
  // The text first: it is there when the script runs.
  return `${bundle.has('page.css') ? '<link rel="stylesheet" href="page.css">' : ''}<script type="module" src="page.js"></script><script type="text/plain" id="text">${text}</script>${html}`;
}

const document = (body: string): Served => ({ body: gzipSync(`<!doctype html><html lang="en"><meta charset="utf-8"><title>Page</title><style>html, body { height: 100%; margin: 0 }</style><body>${body}`), type: 'text/html' });
