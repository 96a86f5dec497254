import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { pino } from 'pino';
import { type HealthServer, openHealthServer } from '../program/health.ts';
import { readOrStop, stop } from '../program/start.ts';
import { readStartTicks } from '../program/start-ticks.ts';
import { toReason } from '../program/to-reason.ts';
import { readConfig } from './config.ts';
import { type Gateway, openGateway } from './gateway.ts';
import { createAgentRoutes } from './routes/agent-routes.ts';
import type { RouteSource } from './routes/route-source.ts';
import { type GatewayState, removeStateFile, writeStateFile } from './state-file.ts';

const config = readOrStop(readConfig);
const log = pino({ name: 'gateway' }, pino.destination({ fd: 2, sync: false }));
const clock = (): number => performance.now();
const idPrefix = randomBytes(9).toString('base64url');
let lastId = 0;

const { routes } = config;
const source = await openSource();
const cannotListen = (port: number, name: string) => (error: NodeJS.ErrnoException): never => {
  if (error.code === 'EADDRINUSE') stop(`The gateway cannot listen on ${config.host}:${port}: the port is in use (${name}).`);
  return stop(`The gateway cannot listen on ${config.host}:${port}: ${error.code ?? error.message}.`);
};

async function openSource(): Promise<RouteSource> {
  if (routes.kind === 'agent') return createAgentRoutes({ socketPath: routes.socket, clock, random: Math.random, log });
  // Its client takes a while to load, and is for this shape alone.
  const { createClusterRoutes } = await import('../runtime/kubernetes/routes/cluster-routes.ts');
  try {
    return createClusterRoutes({ ...routes, clock, logger: log });
  } catch (error) {
    return stop(`The cluster of FAPI_KUBECONFIG cannot be used: ${toReason(error)}.`);
  }
}
const gateway: Gateway = await openGateway({
  host: config.host, port: config.port, suffixes: config.suffixes, proxies: config.proxies, previewOrigins: config.previewOrigins, limits: config.limits, source, clock, log,
  makeRequestId: () => `${idPrefix}-${(++lastId).toString(36)}`,
}).catch(cannotListen(config.port, 'FAPI_GATEWAY_PORT'));
const health: HealthServer | undefined = config.healthPort === undefined ? undefined
  : await openHealthServer({ host: config.host, port: config.healthPort, read: () => ({ isReady: gateway.isReady() }) }).catch(cannotListen(config.healthPort, 'FAPI_GATEWAY_HEALTH_PORT'));
const state: GatewayState = { pid: process.pid, startTicks: (await readStartTicks(process.pid)) ?? '', port: gateway.port, identity: config.identity };

let isStopping = false;
async function shutDown(reason: string): Promise<void> {
  if (isStopping) return;
  isStopping = true;
  clearInterval(watching);
  log.info({ reason }, 'the gateway stops');
  gateway.leave();
  if (config.leaveMs > 0) await pause(config.leaveMs);
  await gateway.close(config.drainMs);
  await health?.close();
  if (config.stateFile) await removeStateFile(config.stateFile, state);
  log.flush();
}

// One whose agent is gone is nobody's; the cluster ends its own, and the last routes stand while its API is away.
const watching = routes.kind === 'kubernetes' ? undefined : setInterval(() => {
  if (clock() - source.reachedAt() > routes.orphanMs) void shutDown('no agent could be reached');
}, 1_000);
process.on('SIGTERM', () => void shutDown('SIGTERM'));
process.on('SIGINT', () => void shutDown('SIGINT'));

if (config.stateFile) await writeStateFile(config.stateFile, state);
log.info({ host: config.host, port: gateway.port, healthPort: health?.port }, 'the gateway is ready');
