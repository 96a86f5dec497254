import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

export interface Balancer {
  readonly url: string;
  stop(): Promise<void>;
}

/** One loopback address for several ports of a host: each connection goes to the next of them that takes it, as a Service does. */
export async function startBalancer(targets: readonly number[], host = '127.0.0.1'): Promise<Balancer> {
  const sockets = new Set<Socket>();
  let turn = 0;
  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    return socket.setNoDelay(true).on('error', () => undefined).on('close', () => sockets.delete(socket));
  };
  const join = (near: Socket, left: number): void => {
    if (left === 0) return void near.destroy();
    const far = keep(connect(targets[turn++ % targets.length]!, host));
    far.once('connect', () => {
      near.pipe(far).pipe(near);
      for (const [one, other] of [[near, far], [far, near]] as const) one.once('close', () => other.destroy());
    });
    far.once('error', () => far.connecting || far.bytesRead + far.bytesWritten > 0 ? near.destroy() : join(near, left - 1));
  };
  const server = createServer({ pauseOnConnect: false }, (near) => join(keep(near), targets.length));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    async stop() {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
}
