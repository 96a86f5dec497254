import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pino } from 'pino';
import type { AppFile } from '@fapi/sdk/contract';
import { type AgentClient, connectAgent } from '../../packages/runner-controller/src/agent/client.ts';
import type { Result, RoutesEvent } from '../../packages/runner-controller/src/agent/messages.ts';
import { connectOrStartAgent } from '../../packages/runner-controller/src/runtime/process/agent-process.ts';
import { endProcess } from '../../packages/runner-controller/src/runtime/process/detached.ts';
import { openGatewayProcess } from '../../packages/runner-controller/src/runtime/process/gateway-process.ts';
import { makeBundle } from '../../packages/runner-controller/src/test-parts/bundles.ts';
import { pythonPath, runnerPath } from '../../tools/parts/paths.ts';
import type { Address } from './ask.ts';
import { listTree, readCommand } from './processes.ts';

/** A real agent, with a gateway where one is asked for, and nobody else: its protocol is spoken by the row itself. */
export interface House {
  readonly agent: AgentClient;
  /** Sends the files; answers their digest. */
  put(files: readonly AppFile[]): Promise<string>;
  prepare(appId: string, digest: string, options?: PrepareOptions): Promise<Prepared>;
  activate(prepared: Prepared): Promise<Prepared>;
  /** From files to an app that serves them. */
  deploy(appId: string, files: readonly AppFile[]): Promise<Prepared>;
  /** Imports the files ahead of their `prepare`; rejects when the agent would not keep them. */
  draft(appId: string, files: readonly AppFile[]): Promise<string>;
  /** Resolves when the agent's blanks are made again: nobody clicks while the former click is being tidied up. */
  rested(): Promise<void>;
  /** The app's own socket, without a gateway between. */
  directly(appId: string): Promise<Address>;
  /** Through the gateway. */
  through(appId: string): Address;
  close(): Promise<void>;
}

export interface PrepareOptions { deadlineMs?: number }
export interface Prepared { appId: string; generation: number; digest: string; adopted: boolean }

/** What the agent keeps without being told a number. */
const blanks = 3;
const environment = { GREETING: 'hello' };

export async function openHouse({ withGateway = false } = {}): Promise<House> {
  const folder = await mkdtemp(join(tmpdir(), 'fapi-bench-'));
  const stateDir = join(folder, 'agent');
  const shared = { isOvertaken: () => Promise.resolve(false), orphanSeconds: 120, egressNever: [], logger: pino({ level: 'silent' }), identity: 'bench' };
  const agent = await connectOrStartAgent({ ...shared, stateDir, python: pythonPath(), runnerDir: runnerPath, epoch: 1 });
  const endAgent = async (): Promise<void> => {
    await agent.request('shutdown', {}).catch(() => undefined);
    agent.close();
    await endProcess(agent.hello.pid, 10_000);
    await rm(folder, { recursive: true, force: true });
  };
  const gateway = withGateway ? await openGatewayProcess({ ...shared, port: 0, host: '127.0.0.1', agentSocket: join(stateDir, 'agent.sock'), stateFile: join(folder, 'gateway.json') }).catch(async (error: unknown) => {
    await endAgent();
    throw error;
  }) : undefined;
  const sockets = new Map<string, string>();
  let lastGeneration = 0;
  let lastSequence = 0;

  const put: House['put'] = async (files) => {
    const { revision, bundleSha256, bytes } = makeBundle(Object.fromEntries(files.map(({ path, content }) => [path, content])));
    await agent.request('put', { digest: revision, sha256: bundleSha256 }, { body: bytes });
    return revision;
  };
  const prepare: House['prepare'] = async (appId, digest, { deadlineMs = 30_000 } = {}) => {
    const generation = ++lastGeneration;
    const { adopted } = await agent.request('prepare', { appId, host: appId, generation, digest, envVersion: 1, environment, deadlineMs }, { timeoutMs: 60_000 });
    return { appId, generation, digest, adopted };
  };
  const activate: House['activate'] = async (prepared) => {
    await agent.request('activate', { ...prepared }, { timeoutMs: 60_000 });
    return prepared;
  };
  return {
    agent, put, prepare, activate,
    deploy: async (appId, files) => activate(await prepare(appId, await put(files))),
    async draft(appId, files) {
      const digest = await put(files);
      const draft: Result<'draft'> = await agent.request('draft', { appId, host: appId, session: 'bench', sequence: ++lastSequence, digest, envVersion: 1, environment, deadlineMs: 30_000 }, { timeoutMs: 60_000 });
      if (!draft.prepared) throw new Error(`the draft was not kept: ${draft.reason ?? 'no reason'}`);
      return digest;
    },
    async rested() {
      const deadline = performance.now() + 10_000;
      while (listTree(agent.hello.pid).filter((pid) => readCommand(pid) === 'fapi-blank').length < blanks) {
        if (performance.now() > deadline) throw new Error(`the agent did not make ${blanks} blanks within 10 s`);
        await pause(10);
      }
    },
    async directly(appId) {
      if (!sockets.has(appId)) for (const route of await readRoutes(join(stateDir, 'agent.sock'))) sockets.set(route.appId, route.socket);
      return { at: { path: sockets.get(appId)! }, host: appId };
    },
    through(appId) {
      if (!gateway) throw new Error('this house has no gateway');
      return { at: { port: gateway.port, host: '127.0.0.1' }, host: `${appId}.localhost:${gateway.port}` };
    },
    async close() {
      await gateway?.shutdown();
      await endAgent();
    },
  };
}

/** Asks as a gateway does, and leaves again: the agent waits for those who stay. */
async function readRoutes(socketPath: string): Promise<RoutesEvent['routes']> {
  const visitor = await connectAgent(socketPath, { role: 'gateway' });
  try {
    const first = new Promise<RoutesEvent>((resolve) => visitor.onEvent((_topic, event) => resolve(event as RoutesEvent)));
    await visitor.request('watchRoutes');
    return (await first).routes;
  } finally {
    visitor.close();
  }
}
