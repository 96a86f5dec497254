import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import { toReason } from '../../program/to-reason.ts';
import { untilStuck } from '../beat.ts';
import { endProcess, startDetached } from './detached.ts';
import { isGatewayThere, toOwnAddress } from './gateway-health.ts';
import { ProcessStartError } from './start-error.ts';
import { findProgram, type RunningProgram } from './state-file.ts';

export interface GatewayProcessOptions {
  /** 0 = any free one. */
  port: number;
  host: string;
  agentSocket: string;
  stateFile: string;
  identity: string;
  /** What it reads for itself, such as FAPI_GATEWAY_HOLD_MS. */
  environment?: Readonly<Record<string, string>>;
  /** True once a newer controller uses this folder. */
  isOvertaken(): Promise<boolean>;
  orphanSeconds: number;
  logger: Logger;
}

export interface KeptGateway {
  /** Where it is reached from here. */
  readonly address: string;
  readonly port: number;
  /** Undefined while it works, else a sentence. */
  problem(): string | undefined;
  /** Lets go of the gateway, which goes on. */
  close(): Promise<void>;
  /** Ends it, open requests first. */
  shutdown(): Promise<void>;
}

const lookMs = 250;
const endMs = 6_000;
/** One that runs already answers within this, at the second time of asking: at the first it may have been us who were busy, with our own start. */
const adoptMs = 3_000;

/** Adopts or starts the gateway and keeps it: one that died, or does not answer any more, is started again on the same port. */
export async function openGatewayProcess(options: GatewayProcessOptions): Promise<KeptGateway> {
  const { stateFile, logger, isOvertaken } = options;
  const stop = new AbortController();
  const { port } = await adoptOrStartGateway(options);
  const address = toOwnAddress(options.host);
  let trouble: string | undefined;
  const untilAway = async (signal: AbortSignal): Promise<void> => {
    do await pause(lookMs, undefined, { signal }).catch(() => undefined);
    while (!signal.aborted && !(await isOvertaken()) && (await findProgram(stateFile)));
  };
  /** True when it runs and is of no use. */
  const watch = async (): Promise<boolean> => {
    const over = new AbortController();
    const signal = AbortSignal.any([stop.signal, over.signal]);
    const isThere = async (withinMs: number): Promise<boolean> => {
      const answers = await isGatewayThere({ address, port }, withinMs, signal);
      if (!signal.aborted) trouble = answers ? undefined : `the gateway has not answered for ${withinMs / 1_000} s`;
      return answers;
    };
    return Promise.race([untilAway(signal).then(() => false), untilStuck(isThere, signal)]).finally(() => over.abort());
  };
  const keep = async (): Promise<void> => {
    for (;;) {
      const isStuck = await watch();
      if (stop.signal.aborted || (await isOvertaken())) return;
      trouble = isStuck ? 'the gateway does not answer any more and is replaced' : 'the gateway is away and is started again';
      logger.error({ reason: trouble }, 'the gateway is away');
      try {
        const running = isStuck ? await findProgram(stateFile) : undefined;
        if (running) await endProcess(running.pid, 0);
        await adoptOrStartGateway({ ...options, port });
        trouble = undefined;
      } catch (error) {
        trouble = `the gateway cannot be started: ${toReason(error)}`;
        logger.error({ reason: trouble }, 'the gateway is away');
      }
    }
  };
  const kept = keep();
  const close = async (): Promise<void> => {
    stop.abort();
    await kept;
  };
  return {
    address,
    port,
    problem: () => trouble,
    close,
    async shutdown() {
      await close();
      const running = await findProgram(stateFile);
      if (running && !(await isOvertaken())) await endProcess(running.pid, endMs);
    },
  };
}

const program = fileURLToPath(new URL('../../gateway/main.ts', import.meta.url));

/** Adopts the gateway of this folder when it is of the same code, on the wanted port and answers, else starts one. Answers its state. */
async function adoptOrStartGateway(options: GatewayProcessOptions): Promise<RunningProgram & { port: number }> {
  const { port, host, stateFile, identity, logger } = options;
  const running = await findProgram(stateFile);
  if (running?.port !== undefined) {
    const place = { address: toOwnAddress(host), port: running.port };
    const isThere = (await isGatewayThere(place, adoptMs)) || (await isGatewayThere(place, adoptMs));
    if (isThere && running.identity === identity && (port === 0 || running.port === port)) {
      logger.info({ pid: running.pid, port: running.port }, 'adopted the running gateway');
      return { ...running, port: running.port };
    }
    if (!isThere) logger.warn({ pid: running.pid, port: running.port }, 'the running gateway does not answer and is replaced');
    await endProcess(running.pid, isThere ? endMs : 0);
  }
  if (port !== 0) await assertFree(port, host);
  await startDetached({
    title: 'The gateway',
    program: process.execPath,
    args: ['--conditions=fapi-source', program],
    env: {
      ...options.environment, PATH: process.env['PATH'], FAPI_GATEWAY_PORT: String(port), FAPI_GATEWAY_HOST: host, FAPI_AGENT_SOCKET: options.agentSocket,
      FAPI_GATEWAY_STATE: stateFile, FAPI_GATEWAY_IDENTITY: identity, FAPI_ORPHAN_SECONDS: String(options.orphanSeconds),
    },
    logFile: stateFile.replace(/\.json$/, '.log'),
    isReady: async () => (await findProgram(stateFile)) !== undefined,
  });
  const started = await findProgram(stateFile);
  if (started?.port === undefined) throw new ProcessStartError('The gateway ended right after its start.');
  return { ...started, port: started.port };
}

async function assertFree(port: number, host: string): Promise<void> {
  const server = createServer();
  const failed = once(server, 'error').then(([error]) => error as NodeJS.ErrnoException);
  server.listen(port, host);
  const error = await Promise.race([failed, once(server, 'listening').then(() => undefined)]);
  if (error) throw new ProcessStartError(`Port ${port} for the apps is in use (${error.code}): free it or set FAPI_GATEWAY_PORT to another one.`);
  server.close();
  await once(server, 'close');
}
