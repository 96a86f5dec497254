import { once } from 'node:events';
import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** Prepares a server for its end; the answer stops accepting, lets requests under way finish for at most `drainMs`, and resolves when every connection is closed. */
export function prepareDrain(http: Server, drainMs: number): () => Promise<void> {
  // Browsers and clients open connections ahead. Node counts one without a request as busy, and would wait for it.
  const unused = new Set<Socket>();
  http.on('connection', (socket: Socket) => {
    unused.add(socket);
    socket.once('close', () => unused.delete(socket));
  });
  http.on('request', ({ socket }) => unused.delete(socket));
  // What is a WebSocket now ends with a word of its own.
  http.on('upgrade', ({ socket }) => unused.delete(socket));
  return async () => {
    if (!http.listening) return;
    const closed = once(http, 'close');
    http.close();
    for (const socket of unused) socket.destroy();
    const idle = setInterval(() => http.closeIdleConnections(), 50);
    const hard = setTimeout(() => http.closeAllConnections(), drainMs);
    await closed;
    clearInterval(idle);
    clearTimeout(hard);
  };
}
