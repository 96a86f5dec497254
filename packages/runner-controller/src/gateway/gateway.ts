import { createServer, type Server } from 'node:net';
import { createForwarded } from './forwarded.ts';
import { admitEverybody, type Gate } from './gate.ts';
import { ClientConnection } from './relay/client-connection.ts';
import type { DataPath } from './relay/data-path.ts';
import { createHolds } from './relay/holds.ts';
import { createUpstreamPool } from './relay/upstream-pool.ts';
import { createRouteTable } from './routes/route-table.ts';
import type { RouteSource } from './routes/route-source.ts';
import type { Limits } from './limits.ts';
import type { Log } from '../program/log.ts';

export interface GatewayOptions {
  host: string;
  /** 0 for any that is free. */
  port: number;
  /** Suffixes under which `<label>.<suffix>` is an app; every suffix when absent. */
  suffixes?: readonly string[] | undefined;
  /** Addresses and networks of the proxies before it, whose word of the visitor is believed; nobody when absent. */
  proxies?: readonly string[] | undefined;
  /** Origins whose pages may show an app in a frame, on its preview host; every origin when absent. */
  previewOrigins?: readonly string[] | undefined;
  source: RouteSource;
  /** Admits everybody when absent. */
  gate?: Gate;
  limits: Limits;
  /** Milliseconds, monotonic. */
  clock: () => number;
  makeRequestId: () => string;
  log: Log;
}

export interface Gateway {
  readonly port: number;
  /** A first whole table is in force, and nobody has said that it leaves. */
  isReady(): boolean;
  /** Serves on, whoever comes, and asks each client to come by another connection next time. */
  leave(): void;
  /** Stops accepting, lets open requests end for at most `drainMs`, then closes what is left. Resolves when all is closed. */
  close(drainMs: number): Promise<void>;
}

/** Nobody accepts in these, and somebody will. */
const waitedFor = new Set(['frozen', 'gone', 'waking', 'crashed']);

/** Opens the data path and follows the routes. Rejects with the system's error (`EADDRINUSE`) when it cannot listen. */
export async function openGateway({ host, port, suffixes, proxies = [], previewOrigins = ['*'], source, gate = admitEverybody, limits, clock, makeRequestId, log }: GatewayOptions): Promise<Gateway> {
  const table = createRouteTable();
  const holds = createHolds();
  const pool = createUpstreamPool({ ...limits, now: clock });
  const connections = new Set<ClientConnection>();
  const path: DataPath = {
    table, pool, holds, limits, log, gate, now: clock, makeRequestId, tellForwarded: createForwarded(proxies), isDraining: false,
    isSourceAway: () => {
      const now = clock();
      return source.reachedAt() < now;
    },
    previewLine: `x-fapi-preview: ${previewOrigins.join(' ')}\r\n`,
    servesSuffix: (suffix) => suffixes === undefined || suffixes.includes(suffix),
    health: () => describe(table, clock() - source.reachedAt() < 1_000),
  };
  table.onApplied(() => {
    holds.wake();
    for (const route of table.routes()) {
      // What was sent while the app fell asleep or crashed lies in its backlog: it waits as well.
      if (waitedFor.has(route.phase)) for (const approach of route.unanswered) approach.tryAgain();
    }
  });

  const server = createServer({ allowHalfOpen: true, noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 }, (socket) => {
    const connection = new ClientConnection(socket, path);
    connections.add(connection);
    socket.once('close', () => connections.delete(connection));
  });
  server.maxConnections = limits.connections;
  await listen(server, port, host);

  const following = new AbortController();
  const followed = source.follow((list) => table.apply(list), following.signal);
  const tickMs = Math.min(1_000, Math.max(20, Math.min(limits.headMs, limits.keepAliveMs, limits.bodyIdleMs, limits.lingerMs) / 4));
  const sweeping = setInterval(() => {
    const now = clock();
    for (const connection of connections) if (connection.deadline <= now) connection.expire();
    pool.sweep(table.routes());
  }, tickMs);

  const close = async (drainMs: number): Promise<void> => {
    path.isDraining = true;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const connection of connections) if (connection.isIdle) connection.end();
    const deadline = setTimeout(() => {
      for (const connection of connections) connection.socket.destroy();
    }, drainMs);
    await closed;
    clearTimeout(deadline);
    clearInterval(sweeping);
    following.abort();
    await followed;
    table.apply({ origin: 'closed', version: -1, routes: [] });
  };
  return {
    port: (server.address() as { port: number }).port, close,
    isReady: () => table.version() !== undefined && !path.isDraining,
    leave: () => void (path.isDraining = true),
  };
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host, backlog: 1_024 }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function describe(table: ReturnType<typeof createRouteTable>, isFollowing: boolean): string {
  const routes = [...table.routes()];
  const version = table.version();
  const status = version === undefined ? 'starting' : isFollowing ? 'ready' : 'last_known';
  const apps = Object.fromEntries(routes.map(({ appId, counts }) => [appId, counts]));
  return JSON.stringify({ status, routes: routes.length, version: version ?? null, apps }).replace(/[\u0080-\uffff]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
