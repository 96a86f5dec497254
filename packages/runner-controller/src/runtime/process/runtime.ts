import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import { findFirstSuffix } from '../../program/first-suffix.ts';
import { createAgentActs, lookMs } from '../agent/acts.ts';
import { askIdentity } from '../agent/ask-identity.ts';
import { createCrashes } from '../agent/crashes.ts';
import { createFollower } from '../agent/follow.ts';
import { sampleMetrics } from '../agent/metrics.ts';
import { createSupplies } from '../agent/supplies.ts';
import { toObserved } from '../agent/to-observed.ts';
import { createTopic } from '../agent/topic.ts';
import type { FetchBundle, FetchEnvironment, Runtime, RuntimeItem } from '../runtime.ts';
import { openAgentLink } from './agent-link.ts';
import { openGatewayProcess } from './gateway-process.ts';
import { computeGatewayIdentity, computeRunnerIdentity } from './identity.ts';
import { listOwnAddresses } from './own-addresses.ts';
import { raiseEpoch, readEpoch } from './state-file.ts';

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
const waitingLimit = 10_000;
/** Shorter than whoever asks how it is waits. */
const presenceMs = 900;

/** Local processes: one Python agent for all apps and one gateway, both detached, both adopted by the next controller. */
export async function createProcessRuntime(options: ProcessRuntimeOptions): Promise<ProcessRuntime> {
  const { dataDir, logger, orphanSeconds = 600 } = options;
  const stateDir = join(dataDir, 'agent');
  await mkdir(stateDir, { recursive: true, mode: 0o700 });
  const epochFile = join(dataDir, 'controller-epoch');
  const epoch = await raiseEpoch(epochFile);
  const shared = { isOvertaken: async () => (await readEpoch(epochFile)) > epoch, orphanSeconds, logger };
  const changes = createTopic<string>(waitingLimit);
  const items = createTopic<RuntimeItem>(waitingLimit);
  const stop = new AbortController();
  const crashes = createCrashes(() => new Date());

  const link = await openAgentLink({ ...shared, stateDir, epoch, python: options.python, runnerDir: options.runnerDir, identity: computeRunnerIdentity(options.runnerDir), egressNever: await listOwnAddresses(options.gateway.port, options.controlPlane ?? []) }, createFollower({ changes, items, crashes }));
  const { ask } = link;
  const gateway = await openGatewayProcess({ ...shared, ...options.gateway, agentSocket: join(stateDir, 'agent.sock'), stateFile: join(dataDir, 'gateway.json'), identity: computeGatewayIdentity(sourceDir, options.gateway) }).catch(async (error: unknown) => {
    // Without a gateway nobody reaches the apps, and without us nobody ends the agent.
    await link.shutdown();
    throw error;
  });
  void items.heard.then(() => sampleMetrics(async () => (await ask('metrics', {}, { timeoutMs: lookMs })).apps, items.tell, stop.signal));

  const suffix = findFirstSuffix(options.gateway.environment?.['FAPI_GATEWAY_SUFFIXES']) ?? 'localhost';
  const acts = createAgentActs(ask, link.openLanguage, createSupplies(options), stop.signal);

  return {
    gatewayPort: gateway.port,
    async describe() {
      // What it said of itself is known; that it is there and not stuck has to be asked.
      await ask('has', { digest: 'sha256:none' }, { timeoutMs: presenceMs });
      const { isolation, python, stack, packages } = link.hello();
      return { kind: 'process', isolation, python, stack, packages };
    },
    async observe(appId) {
      const state = await acts.stateOf(appId);
      return state && { ...toObserved(state), lastCrash: crashes.lastOf(appId) };
    },
    validate: acts.validate,
    dryImport: acts.dryImport,
    openLanguage: acts.openLanguage,
    test: acts.test,
    convert: acts.convert,
    prepare: acts.prepare,
    activate: acts.activate,
    abandon: acts.abandon,
    verify: ({ host }, signal) => askIdentity({ address: gateway.address, port: gateway.port, hostHeader: `${host}.${suffix}:${gateway.port}`, timeoutMs: 5_000, signal }),
    applySettings: acts.applySettings,
    stop: acts.stop,
    async remove(appId, generation) {
      await acts.remove(appId, generation);
      crashes.forget(appId);
    },
    usage: acts.usage,
    changes: (signal) => changes.listen(signal),
    items: (signal) => items.listen(signal),
    assertInCharge: link.assertInCharge,
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
