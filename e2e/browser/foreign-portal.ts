import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createClient } from '@fapi/sdk';
import { createTokenHandler, nodeListener } from '@fapi/sdk/portal';
import type { System } from '../system.ts';
import type { Portal, Watched } from './portal.ts';

/** A portal of another origin than the server's. */
export interface ForeignPortal {
  readonly origin: string;
  stop(): Promise<void>;
}

export interface ForeignPage { readonly body: string; readonly type: string; readonly policy?: string }

/** Serves `pages` by path, and tokens; the server is told of it. `pages` is asked anew each time. */
export async function startForeignPortal(system: System, pages: (path: string) => ForeignPage | undefined): Promise<ForeignPortal> {
  const client = createClient({ baseUrl: system.baseUrl, apiKey: system.operatorKey });
  const tokens = nodeListener(createTokenHandler({ client, identify: () => ({ subject: 'ada' }) }));
  const server = createServer((request, response) => {
    if (request.url === '/portal/embed-token') return void tokens(request, response);
    const page = pages(request.url!);
    response.writeHead(page ? 200 : 404, { 'content-type': page?.type ?? 'text/plain', 'cache-control': 'no-store', ...(page?.policy ? { 'content-security-policy': page.policy } : {}) }).end(page?.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await client.workspaces.put('default', { title: 'Portal', origins: [origin] });
  return {
    origin,
    async stop() {
      client.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Opens an address that is not the server's own; what its blank page was refused before is forgotten. */
export async function visit(fapi: Portal, address: string): Promise<Watched> {
  const watched = await fapi.open('/blank');
  watched.refusals.length = 0;
  await watched.page.goto(address);
  return watched;
}
