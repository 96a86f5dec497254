import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import { endProcess, startDetached } from './detached.ts';
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

/** Adopts or starts the gateway and keeps it: one that died is started again on the same port. */
export async function openGatewayProcess(options: GatewayProcessOptions): Promise<KeptGateway> {
  const { stateFile, logger, isOvertaken } = options;
  const stop = new AbortController();
  const { port } = await adoptOrStartGateway(options);
  let trouble: string | undefined;
  const keep = async (): Promise<void> => {
    for (;;) {
      await pause(lookMs, undefined, { signal: stop.signal }).catch(() => undefined);
      if (stop.signal.aborted || (await isOvertaken())) return;
      if (await findProgram(stateFile)) continue;
      try {
        logger.error('the gateway is away and is started again');
        await adoptOrStartGateway({ ...options, port });
        trouble = undefined;
      } catch (error) {
        trouble = `the gateway cannot be started: ${error instanceof Error ? error.message : String(error)}`;
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

/** Adopts the gateway of this folder when it is of the same code and on the wanted port, else starts one. Answers its state. */
async function adoptOrStartGateway(options: GatewayProcessOptions): Promise<RunningProgram & { port: number }> {
  const { port, host, stateFile, identity, logger } = options;
  const running = await findProgram(stateFile);
  if (running?.port !== undefined) {
    if (running.identity === identity && (port === 0 || running.port === port)) {
      logger.info({ pid: running.pid, port: running.port }, 'adopted the running gateway');
      return { ...running, port: running.port };
    }
    await endProcess(running.pid, endMs);
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
