import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below the ports that any system gives to outgoing connections: 32768 and up on Linux, 49152 and up elsewhere. */
const range = { first: 10_000, count: 22_000 };

/**
 * A TCP port on loopback that nobody listens on, for a server that must come back on the same one.
 *
 * It is drawn by lot and not asked of the system: what the system gives, it gives to the next connection too, so that a
 * port may be gone before its server starts, or while it is down.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = range.first + Math.floor(Math.random() * range.count);
    if (await isFree(port)) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}
