import { randomBytes } from 'node:crypto';
import { pino } from 'pino';
import { type Config, ConfigError, readConfig } from './config.ts';
import { type Gateway, openGateway } from './gateway.ts';
import { createAgentRoutes } from './routes/agent-routes.ts';
import { type GatewayState, readStartTicks, removeStateFile, writeStateFile } from './state-file.ts';

const drainMs = 5_000;

function stop(sentence: string): never {
  process.stderr.write(`${sentence}\n`);
  process.exit(2);
}

function readConfigOrStop(): Config {
  try {
    return readConfig(process.env);
  } catch (error) {
    if (error instanceof ConfigError) stop(error.message);
    throw error;
  }
}

const config = readConfigOrStop();
const log = pino({ name: 'gateway' }, pino.destination({ fd: 2, sync: false }));
const clock = (): number => performance.now();
const idPrefix = randomBytes(9).toString('base64url');
let lastId = 0;

const source = createAgentRoutes({ socketPath: config.agentSocket, clock, random: Math.random, log });
const gateway: Gateway = await openGateway({
  host: config.host, port: config.port, suffixes: config.suffixes, limits: config.limits, source, clock, log,
  makeRequestId: () => `${idPrefix}-${(++lastId).toString(36)}`,
}).catch((error: NodeJS.ErrnoException) => {
  if (error.code === 'EADDRINUSE') stop(`The gateway cannot listen on ${config.host}:${config.port}: the port is in use (FAPI_GATEWAY_PORT).`);
  return stop(`The gateway cannot listen on ${config.host}:${config.port}: ${error.code ?? error.message}.`);
});
const state: GatewayState = { pid: process.pid, startTicks: await readStartTicks(), port: gateway.port, identity: config.identity };

let isStopping = false;
async function shutDown(reason: string): Promise<void> {
  if (isStopping) return;
  isStopping = true;
  clearInterval(watching);
  log.info({ reason }, 'the gateway stops');
  await gateway.close(drainMs);
  if (config.stateFile) await removeStateFile(config.stateFile, state);
  log.flush();
}

const watching = setInterval(() => {
  if (clock() - source.reachedAt() > config.orphanMs) void shutDown('no agent could be reached');
}, 1_000);
process.on('SIGTERM', () => void shutDown('SIGTERM'));
process.on('SIGINT', () => void shutDown('SIGINT'));

if (config.stateFile) await writeStateFile(config.stateFile, state);
log.info({ host: config.host, port: gateway.port }, 'the gateway is ready');
