import { createServer as createHttpServer, request as sendRequest } from 'node:http';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface Proxy { readonly url: string; close(): Promise<void> }

/** Stands between a client and a server, and cuts each connection after the bytes that `bytesOf` gives it. */
export async function startCutter(target: string, bytesOf: (nth: number) => number): Promise<Proxy & { readonly cuts: number }> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  let connections = 0;
  let cuts = 0;
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    let left = bytesOf((connections += 1));
    const end = (): void => {
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) sockets.add(socket.on('error', end).on('close', end));
    client.pipe(upstream);
    upstream.on('data', (chunk: Buffer) => {
      const passed = chunk.subarray(0, left);
      left -= passed.length;
      if (left > 0) return void client.write(passed);
      cuts += 1;
      upstream.destroy();
      client.end(passed, end);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get cuts() { return cuts; },
    close: () => new Promise((resolve) => {
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    }),
  };
}

/** What a proxy in front of a portal does with the stream: `keeps` takes it and gives nothing on, `refuses` answers with a page, `breaks` cuts it, `passes` lets it through. */
export type Manner = 'keeps' | 'refuses' | 'breaks' | 'passes';

/** Passes every call on, and treats the stream in its manner. */
export async function startGrudger(target: string, first: Manner): Promise<Proxy & { manner: Manner; readonly streams: number }> {
  let streams = 0;
  const proxy = { manner: first };
  const server = createHttpServer((request, response) => {
    const isStream = request.headers.accept === 'text/event-stream';
    if (isStream) streams += 1;
    if (isStream && proxy.manner === 'refuses') return void response.writeHead(403, { 'content-type': 'text/html' }).end('<h1>Blocked by policy</h1>');
    if (isStream && proxy.manner === 'breaks') return void response.socket!.destroy();
    const upstream = sendRequest(new URL(request.url!, target), { method: request.method!, headers: request.headers }, (answer) => {
      if (isStream && proxy.manner === 'keeps') return void answer.resume();
      response.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(response);
    });
    upstream.on('error', () => response.destroy());
    response.on('close', () => upstream.destroy());
    request.pipe(upstream);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.defineProperties(proxy, {
    url: { value: `http://127.0.0.1:${(server.address() as AddressInfo).port}` },
    streams: { get: () => streams },
    close: { value: () => new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    }) },
  }) as unknown as Proxy & { manner: Manner; readonly streams: number };
}
