import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A plain HTTP server where the gateway would be. */
export interface StandIn {
  readonly port: number;
  /** What came in, oldest first. */
  readonly asked: { method: string; url: string; headers: [string, string][]; body: Buffer }[];
  /** Connections that are open now. */
  connections(): Promise<number>;
  stop(): Promise<void>;
}

export const revision = `sha256:${'a'.repeat(64)}`;

/** Answers 200 with the name of its revision, as every answer of an app does, unless `answer` does it. */
export async function startStandIn(answer: (request: IncomingMessage, response: ServerResponse) => void = (_, response) => response.end('hello')): Promise<StandIn> {
  const asked: StandIn['asked'] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      asked.push({ method: request.method!, url: request.url!, headers: Array.from({ length: request.rawHeaders.length / 2 }, (_, index) => [request.rawHeaders[2 * index]!.toLowerCase(), request.rawHeaders[2 * index + 1]!]), body: Buffer.concat(chunks) });
      response.setHeader('x-fapi-revision', revision);
      answer(request, response);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port, asked,
    connections: () => new Promise((resolve, reject) => server.getConnections((error, count) => (error ? reject(error) : resolve(count)))),
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
