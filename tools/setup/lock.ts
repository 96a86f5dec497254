import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** Runs work while no other process of this machine does any under the same name. A socket without a file: the kernel frees it when its holder ends, however that ends. */
export async function withLock<T>(name: string, work: () => Promise<T>): Promise<T> {
  const path = `\0fapi-${name}`;
  const waiting = new Set<Socket>();
  let lock = await take(path, waiting);
  while (lock === undefined) {
    await untilFree(path);
    lock = await take(path, waiting);
  }
  try {
    return await work();
  } finally {
    lock.close();
    for (const socket of waiting) socket.destroy();
  }
}

async function take(path: string, waiting: Set<Socket>): Promise<Server | undefined> {
  const server = createServer((socket) => waiting.add(socket.on('error', () => undefined)));
  server.listen(path);
  try {
    await once(server, 'listening');
    return server;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return undefined;
    throw error;
  }
}

/** Whoever holds the lock never says a word: the connection ends with the holder. An error says the same; not `once`, which would throw it. */
const untilFree = (path: string): Promise<void> => new Promise((resolve) => connect(path).on('error', () => undefined).on('close', () => resolve()).resume());
