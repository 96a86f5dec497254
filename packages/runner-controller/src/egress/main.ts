import { setTimeout as pause } from 'node:timers/promises';
import { pino } from 'pino';
import { openHealthServer } from '../program/health.ts';
import { readOrStop, stop } from '../program/start.ts';
import { openClusterGrants } from '../runtime/kubernetes/egress/cluster-grants.ts';
import { createBoundary } from './boundary.ts';
import { readConfig } from './config.ts';
import { createResolve } from './dial.ts';
import { type EgressGateway, openEgressGateway } from './egress.ts';
import { createOwnPlaces } from './own-places.ts';

/** How often a new certificate and new addresses of our own programs are looked for. */
const renewMs = 60_000;

const config = readOrStop((environment) => readConfig(environment));
const log = pino({ name: 'egress' }, pino.destination({ fd: 2, sync: false }));
const over = new AbortController();
let gateway: EgressGateway | undefined;
let isLeaving = false;

process.on('SIGTERM', () => void shutDown('SIGTERM'));
process.on('SIGINT', () => void shutDown('SIGINT'));

const source = openClusterGrants({ ...config, logger: log, signal: over.signal });
const cannotListen = (port: number, name: string) => (error: NodeJS.ErrnoException): never => stop(`The egress gateway cannot listen on ${config.host}:${port} (${name}): ${error.code ?? error.message}.`);
const health = await openHealthServer({ host: config.host, port: config.healthPort, read: () => ({ isReady: gateway !== undefined && !isLeaving && source.hasSynced() }) }).catch(cannotListen(config.healthPort, 'FAPI_EGRESS_HEALTH_PORT'));
const resolve = createResolve();
const own = await createOwnPlaces(config.never, config.ownUrls, resolve);
const findObjection = createBoundary({ never: own.list, cluster: config.cluster, isPod: source.isPod });
// The controller makes it at its first start, which may be after ours.
const identity = await source.waitForIdentity();
gateway = await openEgressGateway({ ...config, identity, source, findObjection, resolve, clock: () => performance.now(), log }).catch(cannotListen(config.port, 'FAPI_EGRESS_PORT'));
log.info({ host: config.host, port: gateway.port, healthPort: health.port }, 'the egress gateway is ready');

let shown = identity.cert;
const renewing = setInterval(() => void renew(), renewMs);
async function renew(): Promise<void> {
  await own.renew();
  const next = await source.findIdentity().catch(() => undefined);
  if (next === undefined || next.cert === shown) return;
  shown = next.cert;
  gateway?.renew(next);
  log.info({}, 'a new certificate is shown');
}

async function shutDown(reason: string): Promise<void> {
  if (isLeaving) return;
  isLeaving = true;
  if (gateway === undefined) process.exit(0);
  log.info({ reason, connections: gateway.count() }, 'the egress gateway stops');
  clearInterval(renewing);
  await pause(config.leaveMs);
  await gateway.close(config.drainMs);
  over.abort();
  await health.close();
  log.flush();
}
