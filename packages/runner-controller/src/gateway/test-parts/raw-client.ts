import { connect, type Socket } from 'node:net';

/** A client that sends exactly the bytes it is given and collects what comes back. */
export interface RawClient {
  readonly socket: Socket;
  send(text: string | Buffer): void;
  /** All text so far (latin1). */
  text(): string;
  /** Resolves with the text so far when it matches; rejects when the connection closes first. */
  until(pattern: RegExp | string): Promise<string>;
  /** Resolves with all text when the connection is over. */
  readonly closed: Promise<string>;
  close(): void;
}

export function openRawClient(port: number): RawClient {
  const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true });
  const chunks: Buffer[] = [];
  const text = (): string => Buffer.concat(chunks).toString('latin1');
  const waiting = new Set<() => void>();
  socket.on('data', (bytes) => {
    chunks.push(bytes);
    for (const check of waiting) check();
  });
  socket.on('error', () => undefined);
  socket.on('end', () => socket.end());
  const closed = new Promise<string>((resolve) => socket.once('close', () => resolve(text())));
  return {
    socket,
    send: (bytes) => void socket.write(bytes as string, 'latin1'),
    text,
    until: (pattern) => new Promise((resolve, reject) => {
      const check = (): void => {
        if (typeof pattern === 'string' ? !text().includes(pattern) : !pattern.test(text())) return;
        waiting.delete(check);
        resolve(text());
      };
      waiting.add(check);
      check();
      void closed.then((all) => reject(new Error(`closed before ${pattern} came; got ${JSON.stringify(all.slice(0, 400))}`)));
    }),
    closed,
    close: () => void socket.destroy(),
  };
}

/** One exchange over a connection of its own. */
export async function ask(port: number, message: string | Buffer): Promise<string> {
  const client = openRawClient(port);
  client.send(message);
  return client.closed;
}
