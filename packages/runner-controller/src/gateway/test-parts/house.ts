import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createNetServer, type Server as NetServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Gate } from '../gate.ts';
import { type Gateway, openGateway } from '../gateway.ts';
import { defaultLimits, type Limits } from '../limits.ts';
import { createAgentRoutes } from '../routes/agent-routes.ts';
import { silent } from './silent.ts';
import { type AgentRoute, startTestAgent, type TestAgent } from './test-agent.ts';

/** A gateway in this process, its agent, and apps on unix sockets in a folder that goes away with it. */
export interface House {
  readonly folder: string;
  readonly port: number;
  readonly gateway: Gateway;
  readonly agent: TestAgent;
  readonly agentSocket: string;
  /** An HTTP app; listens at the path that is returned. */
  app(name: string, listener: RequestListener, prepare?: (server: Server) => void): Promise<string>;
  /** An app that handles its connections itself. */
  rawApp(name: string, onConnection: (socket: Socket) => void): Promise<string>;
  close(): Promise<void>;
}

/** Promises a gateway that has applied a first table with `routes`. */
export async function openHouse({ limits = {}, routes = [], gate, proxies, previewOrigins }: { limits?: Partial<Limits>; routes?: AgentRoute[]; gate?: Gate; proxies?: readonly string[]; previewOrigins?: readonly string[] } = {}): Promise<House> {
  const folder = await mkdtemp(join(tmpdir(), 'fapi-gateway-'));
  const agentSocket = join(folder, 'agent.sock');
  const agent = await startTestAgent(agentSocket, { routes });
  let lastId = 0;
  const gateway = await openGateway({
    host: '127.0.0.1', port: 0, suffixes: undefined, proxies, previewOrigins, limits: { ...defaultLimits, ...limits }, log: silent, clock: () => performance.now(), makeRequestId: () => `made-${++lastId}`, ...(gate ? { gate } : {}),
    source: createAgentRoutes({ socketPath: agentSocket, clock: () => performance.now(), random: Math.random, log: silent }),
  });
  const servers: (Server | NetServer)[] = [];
  const sockets = new Set<Socket>();
  const listen = async (server: Server | NetServer, name: string): Promise<string> => {
    const path = join(folder, `${name}.sock`);
    server.on('connection', (socket: Socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => sockets.delete(socket));
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(path, resolve));
    return path;
  };
  await until(() => agent.applied.length > 0);
  return {
    folder, agent, agentSocket, gateway, port: gateway.port,
    app: (name, listener, prepare) => {
      const server = createServer({ keepAliveTimeout: 0, requestTimeout: 0 }, listener);
      prepare?.(server);
      return listen(server, name);
    },
    rawApp: (name, onConnection) => listen(createNetServer({ allowHalfOpen: true }, onConnection), name),
    async close() {
      await gateway.close(0);
      await agent.stop();
      for (const socket of sockets) socket.destroy();
      await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export function routeTo(socket: string, { host = 'alpha', appId = 'app-1', generation = 1, phase = 'running' }: Partial<AgentRoute> = {}): AgentRoute {
  return { host, appId, socket, generation, phase };
}

/** Resolves when the condition holds; the test's own time limit is the bound. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}
