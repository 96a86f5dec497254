import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { pythonPath, runnerPath } from '../../../../tools/parts/paths.ts';
import { type AgentClient, connectAgent } from '../agent/client.ts';
import { createProcessRuntime, type ProcessRuntime, type ProcessRuntimeOptions } from '../runtime/process/runtime.ts';
import { findProgram } from '../runtime/process/state-file.ts';
import type { RuntimeUnderTest } from '../runtime/runtime.suite.ts';
import { createOffers } from './offers.ts';
import { until } from './until.ts';
import { visit } from './visit.ts';

/** One data directory with a real agent and a real gateway, for one controller after the other. */
export interface ProcessHouse extends RuntimeUnderTest {
  readonly dataDir: string;
  /** The runtime of the newest controller. */
  readonly runtime: ProcessRuntime;
  readonly logs: Record<string, unknown>[];
  /** A further controller's runtime on the same folder; the former one is left as it is. */
  openRuntime(options?: Partial<ProcessRuntimeOptions>): Promise<ProcessRuntime>;
  /** Ids of the two programs, from their state files. */
  pids(): { agent: number | undefined; gateway: number | undefined };
  /** Asks the agent directly, with the newest controller's epoch. */
  withAgent<T>(act: (agent: AgentClient) => Promise<T>): Promise<T>;
}

export async function openProcessHouse(first: Partial<ProcessRuntimeOptions> = {}): Promise<ProcessHouse> {
  const dataDir = await mkdtemp(join(tmpdir(), 'fapi-house-'));
  const { offer, offerEnvironment, fetchBundle, fetchEnvironment } = createOffers();
  const logs: Record<string, unknown>[] = [];
  const logger = pino({ level: 'debug' }, { write: (line: string) => void logs.push(JSON.parse(line)) });
  const opened: ProcessRuntime[] = [];
  const openRuntime: ProcessHouse['openRuntime'] = async (options = {}) => {
    const made = await createProcessRuntime({
      dataDir, python: pythonPath(), runnerDir: runnerPath, gateway: { port: 0, host: '127.0.0.1' }, logger, orphanSeconds: 120, fetchBundle, fetchEnvironment, ...options,
    });
    opened.push(made);
    return made;
  };
  const pidIn = (file: string): number | undefined => {
    try {
      return (JSON.parse(readFileSync(join(dataDir, file), 'utf8')) as { pid: number }).pid;
    } catch {
      return undefined;
    }
  };
  const withAgent: ProcessHouse['withAgent'] = async (act) => {
    const epoch = Number(readFileSync(join(dataDir, 'controller-epoch'), 'utf8'));
    const agent = await connectAgent(join(dataDir, 'agent/agent.sock'), { role: 'controller', epoch });
    try {
      return await act(agent);
    } finally {
      agent.close();
    }
  };
  await openRuntime(first);
  return {
    dataDir, logs, openRuntime, withAgent, offer, offerEnvironment, keepsFolders: true,
    get runtime() {
      return opened.at(-1)!;
    },
    pids: () => ({ agent: pidIn('agent/agent.json'), gateway: pidIn('gateway.json') }),
    visit: (host, path) => visit(opened.at(-1)!.gatewayPort, host, path),
    // The agent does it itself.
    openWayOut: () => Promise.resolve(),
    findAgent: () => withAgent(async ({ hello }) => hello.pid),
    async killRunner(appId) {
      const { apps } = await withAgent((agent) => agent.request('status', { appId }));
      process.kill(apps[0]!.active!.pid, 'SIGKILL');
    },
    async lose(appId, generation) {
      await withAgent((agent) => agent.request('remove', { appId, generation }));
    },
    async close() {
      for (const former of opened.slice(0, -1)) await former.close();
      await opened.at(-1)!.shutdown();
      for (const file of ['agent/agent.json', 'gateway.json']) await until(async () => (await findProgram(join(dataDir, file))) === undefined);
      // An app that was ended a moment ago may still have had a file to write.
      await rm(dataDir, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
    },
  };
}
