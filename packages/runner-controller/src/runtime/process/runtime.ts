import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from 'pino';
import * as z from 'zod/mini';
import { type AgentClient, AgentError, AgentGoneError } from '../../agent/client.ts';
import { AppState, LogEvent, type Method, type Result, type Totals } from '../../agent/messages.ts';
import { createMailbox } from '../../work/mailbox.ts';
import { schemaVersion } from '../../work/messages.ts';
import { type FetchBundle, type Observed, type Runtime, type RuntimeItem, RuntimeUnavailableError, StaleError, UserCodeError } from '../runtime.ts';
import { type AgentProcessOptions, connectOrStartAgent } from './agent-process.ts';
import { askIdentity } from './ask-identity.ts';
import { endProcess } from './detached.ts';
import { adoptOrStartGateway } from './gateway-process.ts';
import { computeGatewayIdentity, computeRunnerIdentity } from './identity.ts';
import { raiseEpoch } from './state-file.ts';
import { fileURLToPath } from 'node:url';

export interface ProcessRuntimeOptions {
  /** Folder of everything that lives longer than this process. */
  dataDir: string;
  python: string;
  runnerDir: string;
  gateway: { port: number; host: string };
  fetchBundle: FetchBundle;
  logger: Logger;
  /** After this long without a controller, agent and gateway end by themselves. */
  orphanSeconds?: number;
}

export interface ProcessRuntime extends Runtime {
  readonly gatewayPort: number;
  /** Ends agent, children and gateway, and waits for them. */
  shutdown(): Promise<void>;
}

const sourceDir = fileURLToPath(new URL('../../', import.meta.url));
const importDeadlineMs = 10_000;
const metricsEveryMs = 1_000;
const reconnectMs = 250;

/** Local processes: one Python agent for all apps and one gateway, both detached, both adopted by the next controller. */
export async function createProcessRuntime(options: ProcessRuntimeOptions): Promise<ProcessRuntime> {
  const { dataDir, fetchBundle, logger, orphanSeconds = 600 } = options;
  const stateDir = join(dataDir, 'agent');
  const stop = new AbortController();
  await mkdir(stateDir, { recursive: true, mode: 0o700 });
  const agentOptions: AgentProcessOptions = {
    stateDir, python: options.python, runnerDir: options.runnerDir, identity: computeRunnerIdentity(options.runnerDir), epoch: await raiseEpoch(join(dataDir, 'controller-epoch')), orphanSeconds, logger,
  };
  let agent: AgentClient | undefined = await connectOrStartAgent(agentOptions);
  const gateway = await adoptOrStartGateway({ ...options.gateway, agentSocket: join(stateDir, 'agent.sock'), stateFile: join(dataDir, 'gateway.json'), identity: computeGatewayIdentity(sourceDir), orphanSeconds, logger });
  const changeListeners = new Set<(appId: string) => void>();
  const itemListeners = new Set<(item: RuntimeItem) => void>();
  let lastSeq = 0;
  let trouble: string | undefined;

  const follow = async (client: AgentClient): Promise<void> => {
    client.onEvent((topic, data) => {
      if (topic === 'app') {
        const state = z.safeParse(AppState, data);
        if (state.success) for (const listener of changeListeners) listener(state.data.appId);
      } else if (topic === 'log') {
        const event = z.safeParse(LogEvent, data);
        if (!event.success) return;
        lastSeq = Math.max(lastSeq, ...event.data.lines.map((line) => line.seq));
        for (const listener of itemListeners) listener({ kind: 'log', value: { schema: schemaVersion, ...event.data } });
      }
    });
    await client.request('watch', { logsAfter: lastSeq });
    const { apps } = await client.request('status');
    for (const { appId } of apps) for (const listener of changeListeners) listener(appId);
  };

  /** Keeps a connected agent: one that died is started again and starts its apps from the folder. */
  const keepConnected = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      try {
        agent ??= await connectOrStartAgent(agentOptions);
        await follow(agent);
        trouble = undefined;
        await agent.closed;
      } catch (error) {
        trouble = `the agent cannot be reached: ${error instanceof Error ? error.message : String(error)}`;
        logger.error({ reason: trouble }, 'the agent is away');
      }
      agent?.close();
      agent = undefined;
      if (!stop.signal.aborted) await pause(reconnectMs);
    }
  };
  const kept = keepConnected();

  const ask = async <M extends Method>(method: M, params: Record<string, unknown>, extra: { body?: Uint8Array; timeoutMs?: number } = {}): Promise<Result<M>> => {
    if (!agent) throw new RuntimeUnavailableError(trouble ?? 'the agent is being started');
    try {
      return await agent.request(method, params, extra);
    } catch (error) {
      if (error instanceof AgentGoneError) throw new RuntimeUnavailableError(error.message, { cause: error });
      if (!(error instanceof AgentError)) throw error;
      if (error.code === 'failed' && error.report) throw new UserCodeError(error.report);
      if (error.code === 'stale_epoch' || error.code === 'stale_generation') throw new StaleError(error.message);
      throw new RuntimeUnavailableError(`the agent refused ${method}: ${error.message}`, { cause: error });
    }
  };
  const put = async (revision: string, sha256: string, signal: AbortSignal): Promise<void> => {
    if ((await ask('has', { digest: revision })).have) return;
    await ask('put', { digest: revision, sha256 }, { body: await fetchBundle(sha256, signal) });
  };
  /** The agent ends its own work at its own deadlines; what is aborted here is only the waiting. */
  const abortable = <T>(work: Promise<T>, signal: AbortSignal): Promise<T> => new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason as Error);
    if (signal.aborted) return onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });

  return {
    gatewayPort: gateway.port,
    describe: () => ({ kind: 'process', isolationLevel: agent?.hello.isolation.level ?? 0 }),
    async observe(appId) {
      try {
        return toObserved((await ask('status', { appId })).apps[0]);
      } catch (error) {
        // An app that never came here is a fact, not a failure.
        if (error instanceof RuntimeUnavailableError && error.cause instanceof AgentError && error.cause.code === 'unknown_app') return undefined;
        throw error;
      }
    },
    async list() {
      return (await ask('status', {})).apps.map((app) => app.appId);
    },
    async validate({ revision, bundleSha256 }, signal) {
      await put(revision, bundleSha256, signal);
      return abortable(ask('validate', { digest: revision }), signal);
    },
    async prepare({ appId, host, generation, revision, bundleSha256, envVersion }, signal) {
      await put(revision, bundleSha256, signal);
      const { durationMs } = await abortable(ask('prepare', { appId, host, generation, digest: revision, envVersion, environment: {}, deadlineMs: importDeadlineMs }), signal);
      return { durationMs };
    },
    activate: ({ appId, generation, revision }, signal) => abortable(ask('activate', { appId, generation, digest: revision }, { timeoutMs: 60_000 }), signal),
    verify: ({ host }, signal) => askIdentity({ port: gateway.port, hostHeader: `${host}.localhost:${gateway.port}`, timeoutMs: 5_000, signal }),
    async remove(appId, generation) {
      await ask('remove', { appId, generation });
    },
    async *changes(signal) {
      const mailbox = createMailbox<string>(signal, 10_000);
      changeListeners.add(mailbox.put);
      try {
        yield* mailbox.items();
      } finally {
        changeListeners.delete(mailbox.put);
      }
    },
    async *items(signal) {
      const mailbox = createMailbox<RuntimeItem>(signal, 10_000);
      itemListeners.add(mailbox.put);
      const sampling = sampleMetrics(() => ask('metrics', {}), mailbox.put, signal);
      try {
        yield* mailbox.items();
      } finally {
        itemListeners.delete(mailbox.put);
        await sampling;
      }
    },
    problem: () => trouble,
    async close() {
      stop.abort();
      agent?.close();
      await kept;
    },
    async shutdown() {
      stop.abort();
      const pid = agent?.hello.pid;
      await agent?.request('shutdown').catch(() => undefined);
      agent?.close();
      await kept;
      await Promise.all([pid === undefined ? undefined : endProcess(pid, 5_000), endProcess(gateway.pid, 6_000)]);
    },
  };
}

async function sampleMetrics(ask: () => Promise<{ apps: Totals[] }>, put: (item: RuntimeItem) => unknown, signal: AbortSignal): Promise<void> {
  const last = new Map<string, string>();
  while (!signal.aborted) {
    const { apps } = await ask().catch(() => ({ apps: [] }));
    for (const { appId, epoch, ...totals } of apps) {
      const text = JSON.stringify([epoch, totals]);
      if (last.get(appId) === text) continue;
      last.set(appId, text);
      put({ kind: 'metrics', value: { schema: schemaVersion, appId, epoch, at: new Date().toISOString(), totals } });
    }
    await pause(metricsEveryMs, undefined, { signal }).catch(() => undefined);
  }
}

function toObserved(state: AppState | undefined): Observed | undefined {
  if (!state) return undefined;
  const toServing = (serving: { generation: number; digest: string } | undefined) => serving && { generation: serving.generation, revision: serving.digest };
  return {
    appId: state.appId,
    active: toServing(state.active),
    candidate: toServing(state.candidate),
    health: state.phase === 'running' ? 'running' : state.phase === 'crashed' ? 'crashed' : 'stopped',
    failure: state.failure,
  };
}
