import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { EgressGrant, LimitValues, RunSettings } from '@fapi/sdk/contract';
import type { Logger } from 'pino';
import * as z from 'zod/mini';
import { type AgentClient, AgentError } from '../../agent/client.ts';
import { type AgentErrorCode, AppState, LogEvent, type Totals } from '../../agent/messages.ts';
import { abortable } from '../../abortable.ts';
import { NotServedError } from '../../not-served-error.ts';
import { rememberEnvironments } from '../../environments.ts';
import { schemaVersion } from '../../work/messages.ts';
import { type FetchBundle, type FetchEnvironment, type Runtime, type RuntimeItem, RuntimeUnavailableError, type Wanted } from '../runtime.ts';
import { openAgentLink } from './agent-link.ts';
import { askIdentity } from './ask-identity.ts';
import { openGatewayProcess } from './gateway-process.ts';
import { createCrashes } from './crashes.ts';
import { computeGatewayIdentity, computeRunnerIdentity } from './identity.ts';
import { toObserved } from './observed.ts';
import { listOwnAddresses } from './own-addresses.ts';
import { raiseEpoch, readEpoch } from './state-file.ts';
import { createTopic } from './topic.ts';

export interface ProcessRuntimeOptions {
  /** Folder of everything that lives longer than this process. */
  dataDir: string;
  python: string;
  runnerDir: string;
  gateway: { port: number; host: string; environment?: Readonly<Record<string, string>> };
  fetchBundle: FetchBundle;
  fetchEnvironment: FetchEnvironment;
  logger: Logger;
  /** Addresses of the server and the bus: no app reaches them, whatever is granted. */
  controlPlane?: readonly string[];
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
const waitingLimit = 10_000;
/** An agent that takes longer for what it only has to read is stuck. */
const lookMs = 5_000;
/** Shorter than whoever asks how it is waits. */
const presenceMs = 900;
/** What a test run may take beyond its deadline: to be copied, to be ended, to be told. */
const testGraceMs = 15_000;

/** Local processes: one Python agent for all apps and one gateway, both detached, both adopted by the next controller. */
export async function createProcessRuntime(options: ProcessRuntimeOptions): Promise<ProcessRuntime> {
  const { dataDir, fetchBundle, logger, orphanSeconds = 600 } = options;
  const stateDir = join(dataDir, 'agent');
  await mkdir(stateDir, { recursive: true, mode: 0o700 });
  const epochFile = join(dataDir, 'controller-epoch');
  const epoch = await raiseEpoch(epochFile);
  const shared = { isOvertaken: async () => (await readEpoch(epochFile)) > epoch, orphanSeconds, logger };
  const changes = createTopic<string>(waitingLimit);
  const items = createTopic<RuntimeItem>(waitingLimit);
  const stop = new AbortController();
  const crashes = createCrashes(() => new Date());
  let lastSeq = 0;

  const follow = async (client: AgentClient): Promise<void> => {
    client.onEvent((topic, data) => {
      if (topic === 'app') {
        const state = z.safeParse(AppState, data);
        if (!state.success) return;
        crashes.note(state.data);
        changes.tell(state.data.appId);
      } else if (topic === 'log') {
        const event = z.safeParse(LogEvent, data);
        if (!event.success) return;
        lastSeq = Math.max(lastSeq, ...event.data.lines.map((line) => line.seq));
        items.tell({ kind: 'log', value: { schema: schemaVersion, ...event.data } });
      }
    });
    // The agent hands over what it kept while nobody listened: not before somebody does.
    await Promise.race([items.heard, changes.heard]);
    await client.request('watch', { logsAfter: lastSeq });
    const { appIds } = await client.request('apps');
    for (const appId of appIds) changes.tell(appId);
  };
  const link = await openAgentLink({ ...shared, stateDir, epoch, python: options.python, runnerDir: options.runnerDir, identity: computeRunnerIdentity(options.runnerDir), egressNever: await listOwnAddresses(options.gateway.port, options.controlPlane ?? []) }, follow);
  const { ask } = link;
  const gateway = await openGatewayProcess({ ...shared, ...options.gateway, agentSocket: join(stateDir, 'agent.sock'), stateFile: join(dataDir, 'gateway.json'), identity: computeGatewayIdentity(sourceDir, options.gateway.environment) }).catch(async (error: unknown) => {
    // Without a gateway nobody reaches the apps, and without us nobody ends the agent.
    await link.shutdown();
    throw error;
  });
  void items.heard.then(() => sampleMetrics(() => ask('metrics', {}, { timeoutMs: lookMs }), items.tell, stop.signal));

  const send = async (revision: string, sha256: string, signal: AbortSignal): Promise<void> => {
    const body = await fetched('the bundle', fetchBundle(sha256, signal), signal);
    await ask('put', { digest: revision, sha256 }, { body });
  };
  const readEnvironment = rememberEnvironments(options.fetchEnvironment);
  /** In the words of the agent. */
  const environmentOf = async ({ appId, envVersion }: Pick<Wanted, 'appId' | 'envVersion'>, values: 'live' | 'draft', signal: AbortSignal): Promise<{ environment: Record<string, string>; secrets: string[] }> => {
    const { variables, secrets } = await fetched('the environment', readEnvironment(appId, envVersion, values, signal), signal);
    return { environment: variables, secrets };
  };
  /** A verdict and a candidate ask for the same bundle at once: it is sent once. */
  const puts = new Map<string, Promise<void>>();
  const put = (revision: string, sha256: string): Promise<void> => {
    // Not with the signal of whoever is first: the others wait for it too.
    const sending = puts.get(revision) ?? send(revision, sha256, stop.signal).finally(() => puts.delete(revision));
    puts.set(revision, sending);
    return sending;
  };
  /** Mostly the agent has the revision already: it is asked first and given the bundle when it says that it lacks it. It ends its own work at its own deadlines. */
  const withBundle = <T>({ revision, bundleSha256 }: Pick<Wanted, 'revision' | 'bundleSha256'>, signal: AbortSignal, act: () => Promise<T>): Promise<T> => abortable((async () => {
    try {
      return await act();
    } catch (error) {
      if (!hasRefused(error, 'unknown_revision')) throw error;
    }
    await put(revision, bundleSha256);
    signal.throwIfAborted();
    return act();
  })(), signal);

  return {
    gatewayPort: gateway.port,
    async describe() {
      // What it said of itself is known; that it is there and not stuck has to be asked.
      await ask('has', { digest: 'sha256:none' }, { timeoutMs: presenceMs });
      const { isolation, python, stack } = link.hello();
      return { kind: 'process', isolation, python, stack };
    },
    async observe(appId) {
      try {
        const [state] = (await ask('status', { appId }, { timeoutMs: lookMs })).apps;
        return state && { ...toObserved(state), lastCrash: crashes.lastOf(appId) };
      } catch (error) {
        // An app that never came here is a fact, not a failure.
        if (hasRefused(error, 'unknown_app')) return undefined;
        throw error;
      }
    },
    // The agent keeps its verdicts itself, and knows which of them depend on more than the files.
    validate: (wanted, signal) => withBundle(wanted, signal, () => ask('validate', { digest: wanted.revision })),
    dryImport: (wanted, { session, sequence, values }, signal) => withBundle(wanted, signal, async () => {
      const { appId, host, revision, envVersion, egress, limits } = wanted;
      const environment = await environmentOf(wanted, values, signal);
      const { openapi, ...seen } = await ask('draft', { appId, host, session, sequence, digest: revision, envVersion, ...environment, deadlineMs: importDeadlineMs, ...toGrants(egress), ...toLimits(limits) });
      return { ...seen, ...(openapi === null ? {} : { openapi }) };
    }),
    test: (wanted, { select, deadlineMs }, signal) => withBundle(wanted, signal, async () => ask('test', { digest: wanted.revision, select, deadlineMs, ...(await environmentOf(wanted, 'draft', signal)) }, { timeoutMs: deadlineMs + testGraceMs })),
    prepare: (wanted, signal) => withBundle(wanted, signal, async () => {
      const { appId, host, generation, revision, envVersion, settings, egress, limits } = wanted;
      const environment = await environmentOf(wanted, 'live', signal);
      const { durationMs } = await ask('prepare', { appId, host, generation, digest: revision, envVersion, ...environment, deadlineMs: importDeadlineMs, exclusive: settings.exclusive, ...toGrants(egress), ...toLimits(limits), ...toPolicy(settings) });
      return { durationMs };
    }),
    activate: ({ appId, generation, revision, settings }, signal) => abortable(ask('activate', { appId, generation, digest: revision, exclusive: settings.exclusive }, { timeoutMs: 60_000 }), signal),
    verify: ({ host }, signal) => askIdentity({ port: gateway.port, hostHeader: `${host}.localhost:${gateway.port}`, timeoutMs: 5_000, signal }),
    async applySettings(appId, settings) {
      await ask('policy', { appId, ...toPolicy(settings) }).catch((error: unknown) => {
        if (!hasRefused(error, 'unknown_app')) throw error;
      });
    },
    async stop(appId, generation, { isHidden }) {
      await ask('stop', { appId, generation, isHidden }).catch((error: unknown) => {
        if (!hasRefused(error, 'unknown_app')) throw error;
      });
    },
    async remove(appId, generation) {
      await ask('remove', { appId, generation });
      crashes.forget(appId);
    },
    changes: (signal) => changes.listen(signal),
    items: (signal) => items.listen(signal),
    problem: () => link.problem() ?? gateway.problem(),
    async close() {
      stop.abort();
      await Promise.all([link.close(), gateway.close()]);
    },
    async shutdown() {
      stop.abort();
      await Promise.all([link.shutdown(), gateway.shutdown()]);
    },
  };
}

const hasRefused = (error: unknown, code: AgentErrorCode): boolean => error instanceof RuntimeUnavailableError && error.cause instanceof AgentError && error.cause.code === code;

/** What the agent does not hear of it leaves to its default: never. */
const toPolicy = ({ idleFreezeS, idleStopS }: RunSettings): { idleFreezeS?: number; idleStopS?: number } => ({ ...(idleFreezeS === null ? {} : { idleFreezeS }), ...(idleStopS === null ? {} : { idleStopS }) });
const toGrants = (egress: readonly EgressGrant[]): { egress?: readonly EgressGrant[] } => (egress.length === 0 ? {} : { egress });
const toLimits = (limits: LimitValues | undefined): { limits?: LimitValues } => (limits && Object.values(limits).some((value) => value !== null) ? { limits } : {});

async function fetched<T>(what: string, fetching: Promise<T>, signal: AbortSignal): Promise<T> {
  try {
    return await fetching;
  } catch (error) {
    if (error instanceof NotServedError || signal.aborted) throw error;
    throw new RuntimeUnavailableError(`${what} could not be fetched: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

async function sampleMetrics(ask: () => Promise<{ apps: Totals[] }>, tell: (item: RuntimeItem) => void, signal: AbortSignal): Promise<void> {
  const last = new Map<string, string>();
  while (!signal.aborted) {
    const { apps } = await ask().catch(() => ({ apps: [] }));
    for (const { appId, epoch, serving, ...totals } of apps) {
      const text = JSON.stringify([epoch, totals, serving]);
      if (last.get(appId) === text) continue;
      last.set(appId, text);
      tell({ kind: 'metrics', value: { schema: schemaVersion, appId, epoch, at: new Date().toISOString(), totals, ...(serving ? { serving } : {}) } });
    }
    await pause(metricsEveryMs, undefined, { signal }).catch(() => undefined);
  }
}
