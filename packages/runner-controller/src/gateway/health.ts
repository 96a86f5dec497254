import { createServer } from 'node:http';

export interface HealthServer {
  readonly port: number;
  close(): Promise<void>;
}

/** `/livez` is 200 while the program turns, `/readyz` while it is to be sent visitors. Rejects with the system's error when it cannot listen. */
export async function openHealthServer({ host, port, isReady }: { host: string; port: number; isReady: () => boolean }): Promise<HealthServer> {
  const server = createServer((request, answer) => {
    const isKnown = request.url === '/livez' || request.url === '/readyz';
    const status = !isKnown ? 404 : request.url === '/livez' || isReady() ? 200 : 503;
    answer.writeHead(status, { 'content-type': 'text/plain', connection: 'close' }).end(status === 200 ? 'ok\n' : status === 404 ? 'not found\n' : 'not ready\n');
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
