import { createServer } from 'node:http';

export interface HealthServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Whether a program can do its work, and what else it says of that: anybody reads it, so without a secret in it. */
export interface Readiness {
  isReady: boolean;
  facts?: Readonly<Record<string, unknown>>;
}

/** For probes: `GET /livez` is 200 while the program turns, `GET /readyz` while it can do its work, else 503. On every address unless `host` names one. Rejects with the system's error when it cannot listen. */
export async function openHealthServer({ host, port, read }: { host?: string; port: number; read: () => Readiness }): Promise<HealthServer> {
  const server = createServer((request, response) => {
    // Anybody may ask for anything here: what is no URL is no reason to end.
    const path = request.url?.split('?', 1)[0];
    const { isReady, facts } = read();
    const [status, body] = request.method !== 'GET' && request.method !== 'HEAD' ? [405, {}] as const
      : path === '/livez' ? [200, { status: 'live' }] as const
      : path === '/readyz' ? [isReady ? 200 : 503, { status: isReady ? 'ready' : 'not_ready', ...facts }] as const
      : [404, {}] as const;
    response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store', connection: 'close' }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve));
  return {
    port: (server.address() as { port: number }).port,
    close: () => new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    }),
  };
}
