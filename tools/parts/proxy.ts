import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

export interface Proxy {
  readonly port: number;
  /** Ends every connection and refuses new ones, until `mend`. */
  cut(): void;
  /** Takes every byte and passes none on, without a word, until `mend`: then all of them. */
  hold(): void;
  /** Passes nothing on over the connections that there are, without a word and for good; new ones work. What a router does that has forgotten them. */
  forget(): void;
  /** Each piece of each direction waits so long, in its order. */
  delay(ms: number): void;
  mend(): void;
  stop(): Promise<void>;
}

/** A network between two programs that can be bad: bytes are late, stuck or cut, and never changed. */
export async function startProxy(targetPort: number): Promise<Proxy> {
  const sockets = new Set<Socket>();
  let state: 'open' | 'held' | 'cut' = 'open';
  let delayMs = 0;
  const moved = new Set<() => void>();
  const forgotten = new WeakSet<Socket>();
  const isOpen = async (from: Socket): Promise<void> => {
    while (state === 'held' || forgotten.has(from)) await new Promise<void>((resolve) => moved.add(resolve));
  };
  const pump = async (from: Socket, to: Socket): Promise<void> => {
    try {
      for await (const piece of from) {
        if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
        await isOpen(from);
        if (!to.write(piece)) await once(to, 'drain');
      }
      to.end();
    } catch {
      to.destroy();
    }
  };
  const server = createServer((near) => {
    if (state === 'cut') return void near.destroy();
    const far = connect(targetPort, '127.0.0.1');
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.setNoDelay(true).on('error', () => undefined).on('close', () => {
        sockets.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    void pump(near, far);
    void pump(far, near);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const move = (next: typeof state): void => {
    state = next;
    for (const tell of moved) tell();
    moved.clear();
  };
  const cut = (): void => {
    move('cut');
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: address.port,
    cut,
    hold: () => move('held'),
    forget: () => void sockets.forEach((socket) => forgotten.add(socket)),
    delay: (ms) => void (delayMs = ms),
    mend() {
      delayMs = 0;
      move('open');
    },
    async stop() {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
}
