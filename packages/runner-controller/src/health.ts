import { once } from 'node:events';
import { createServer } from 'node:http';

export interface Health {
  role: 'starting' | 'standby' | 'active' | 'stopping';
  /** What keeps it from its work, in a sentence. */
  problem?: string | undefined;
}

/**
 * `GET /livez` says that the program is not stuck, `GET /readyz` that it can do its work: act, or stand by (503 while it cannot). For probes, so on every address and without a secret in it.
 * Resolves once it listens; answers how to close it.
 */
export async function serveHealth(port: number, read: () => Health): Promise<() => Promise<void>> {
  const server = createServer((request, response) => {
    const { role, problem } = read();
    const path = new URL(request.url ?? '/', 'http://health').pathname;
    const isReady = problem === undefined && (role === 'active' || role === 'standby');
    const [status, body] = request.method !== 'GET' && request.method !== 'HEAD' ? [405, {}] as const
      : path === '/livez' ? [200, { status: 'live' }] as const
      : path === '/readyz' ? [isReady ? 200 : 503, { status: isReady ? 'ready' : 'not_ready', role, ...(problem === undefined ? {} : { problem }) }] as const
      : [404, {}] as const;
    response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' }).end(JSON.stringify(body));
  });
  server.listen(port);
  await once(server, 'listening');
  return async () => {
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  };
}
