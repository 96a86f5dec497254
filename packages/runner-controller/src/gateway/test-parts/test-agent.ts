import { createServer, type Socket } from 'node:net';
import { createFrameReader, encodeFrame } from '../../agent/frames.ts';
import type { RoutesEvent } from '../../agent/messages.ts';

/** As the agent writes it. */
export type AgentRoute = RoutesEvent['routes'][number];

/** A peer that speaks the agent's protocol as far as a gateway can see it. */
export interface TestAgent {
  /** Publishes a table; resolves when every connected gateway has said `routesApplied` for it. */
  publish(routes: AgentRoute[]): Promise<void>;
  /** Versions that gateways have confirmed. */
  readonly applied: number[];
  /** Roles that said hello. */
  readonly roles: string[];
  /** Ends every connection and stops listening. */
  stop(): Promise<void>;
}

/** Listens on `socketPath`. A gateway that connects gets the present table at once. */
export async function startTestAgent(socketPath: string, { agentId = 'agent-1', routes: first = [] as AgentRoute[] } = {}): Promise<TestAgent> {
  const watchers = new Set<Socket>();
  const sockets = new Set<Socket>();
  const waiting: { version: number; left: Set<Socket>; resolve(): void }[] = [];
  const applied: number[] = [];
  const roles: string[] = [];
  let version = 1;
  let routes = first;

  const settle = (socket: Socket, confirmed: number): void => {
    for (const wait of waiting.filter((one) => one.version <= confirmed)) {
      wait.left.delete(socket);
      if (wait.left.size === 0) wait.resolve();
    }
  };
  const answer = (socket: Socket, id: unknown, result: unknown): void => void socket.write(encodeFrame({ kind: 'response', id, result }));
  const tell = (socket: Socket): void => void socket.write(encodeFrame({ kind: 'event', topic: 'routes', data: { version, routes } }));

  const server = createServer((socket) => {
    sockets.add(socket);
    const read = createFrameReader();
    socket.on('error', () => undefined);
    socket.on('close', () => {
      sockets.delete(socket);
      watchers.delete(socket);
      settle(socket, Infinity);
    });
    socket.on('data', (bytes) => {
      for (const { header } of read(bytes)) {
        const params = header['params'] as Record<string, unknown>;
        if (header['method'] === 'hello') {
          roles.push(String(params['role']));
          answer(socket, header['id'], { agentId, identity: 'test', pid: process.pid, python: '3', stack: {}, isolation: { level: 0, layers: [] } });
        } else if (header['method'] === 'watchRoutes') {
          answer(socket, header['id'], {});
          watchers.add(socket);
          tell(socket);
        } else if (header['method'] === 'routesApplied') {
          answer(socket, header['id'], {});
          applied.push(Number(params['version']));
          settle(socket, Number(params['version']));
        }
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));

  return {
    applied,
    roles,
    publish: (next) => new Promise((resolve) => {
      routes = next;
      version++;
      if (watchers.size === 0) return resolve();
      waiting.push({ version, left: new Set(watchers), resolve });
      for (const socket of watchers) tell(socket);
    }),
    stop: () => new Promise((resolve) => {
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    }),
  };
}
