import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMemoryBus, type RunnerSpec, type RunnerStatus, type WorkBus } from '@fapi/runner-controller/work';
import { type Logger, pino } from 'pino';
import { layDatabase } from '../../../../tools/parts/database.ts';
import { createServer, readConfig, type Server, type ServerOptions } from '../../src/index.ts';

export interface Call { method?: string; token?: string | undefined; body?: unknown; headers?: Record<string, string>; raw?: string | Uint8Array<ArrayBuffer> }
export interface Answer { status: number; headers: Headers; text: string; bytes: Uint8Array<ArrayBuffer>; json: any }

/** A server on a port of its own over the real socket, with the bus in memory. The test plays the controller through the bus. It tidies up soon: a test moves its clock and then waits for that. */
export interface System {
  readonly server: Server;
  readonly bus: WorkBus;
  readonly dataDir: string;
  readonly logs: Record<string, any>[];
  call(path: string, call?: Call): Promise<Answer>;
  /** Moves the server's clock. */
  advance(ms: number): void;
  now(): Date;
  mint(body: Record<string, unknown>): Promise<string>;
  /** Stops and starts again on the same data, with the same bus unless another one is given. `meanwhile` is done while it is away. */
  restart(bus?: WorkBus, meanwhile?: () => Promise<void>): Promise<void>;
  stop(): Promise<void>;
}

export async function startSystem(environment: Record<string, string> = {}, options: Partial<ServerOptions> = {}): Promise<System> {
  const dataDir = await mkdtemp(join(tmpdir(), 'fapi-server-test-'));
  if (environment['FAPI_DATABASE_URL'] === undefined && environment['FAPI_DATA_DIR'] === undefined) await layDatabase(dataDir);
  const logs: Record<string, any>[] = [];
  const logger: Logger = pino({ level: 'trace' }, { write: (line: string) => void logs.push(JSON.parse(line)) });
  let offset = 0;
  const now = (): Date => new Date(Date.now() + offset);
  let bus = createMemoryBus();
  const start = async (): Promise<Server> => {
    const made = await createServer({ config: readConfig({ FAPI_DATA_DIR: dataDir, FAPI_PORT: '0', FAPI_ALLOW_UNSAFE: '1', FAPI_RATE_LIMIT_PER_S: '1000', ...environment }), bus, logger, now, housekeepingMs: 500, ...options });
    await made.listen();
    return made;
  };
  let server = await start();
  const call = async (path: string, { method = 'GET', token = server.operatorKey, body, headers = {}, raw }: Call = {}): Promise<Answer> => {
    const response = await fetch(new URL(path, server.url), {
      method, redirect: 'manual',
      headers: { ...(token === '' ? {} : { authorization: `Bearer ${token}` }), ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(raw !== undefined ? { body: raw } : body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const bytes = new Uint8Array(await response.arrayBuffer());
    const text = new TextDecoder().decode(bytes);
    return { status: response.status, headers: response.headers, text, bytes, json: /json/.test(response.headers.get('content-type') ?? '') ? JSON.parse(text) : undefined };
  };
  return {
    get server() { return server; },
    get bus() { return bus; },
    dataDir, logs, call, now,
    advance(ms) { offset += ms; },
    async mint({ workspaceId = 'default', ...body }) {
      const answer = await call('/v1/embed-tokens', { method: 'POST', body: { subject: 'builder', ...body }, headers: { 'fapi-workspace': String(workspaceId) } });
      if (answer.status !== 201) throw new Error(answer.text);
      return answer.json.token;
    },
    async restart(other = bus, meanwhile) {
      await server.close();
      await meanwhile?.();
      bus = other;
      server = await start();
    },
    async stop() {
      await server.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** Asks again until the answer is taken, after a second less often; rejects with the last one. */
export async function until<T>(ask: () => Promise<T> | T, accept: (value: T) => boolean, timeoutMs = 8_000): Promise<T> {
  const startedAt = performance.now();
  const deadline = startedAt + timeoutMs;
  for (;;) {
    const value = await ask();
    if (accept(value)) return value;
    if (performance.now() > deadline) throw new Error(`not within ${timeoutMs} ms; last seen: ${JSON.stringify(value)?.slice(-800)}`);
    await new Promise((resolve) => setTimeout(resolve, performance.now() - startedAt < 1_000 ? 10 : 25));
  }
}

const stageNames = ['validating', 'preparing', 'starting', 'verifying', 'live'] as const;

/** A whole status, as a controller says it: all stages up to `last`, one second each. */
export function makeStatus(appId: string, generation: number, phase: RunnerStatus['phase'], last?: (typeof stageNames)[number], more: Partial<RunnerStatus> = {}): RunnerStatus {
  const names = stageNames.slice(0, last ? stageNames.indexOf(last) + 1 : 0);
  const at = (index: number): string => new Date(Date.UTC(2026, 0, 1, 0, 0, index)).toISOString();
  return { schema: 1, appId, generation, phase, health: 'running', stages: names.map((name, index) => ({ name, startedAt: at(index), ...(index < names.length - 1 ? { endedAt: at(index + 1), durationMs: 1_000 } : {}) })), ...more };
}

/** Follows what the server wants, as a controller does: the last spec per app. */
export function watchSpecs(bus: WorkBus): { of(appId: string): RunnerSpec | undefined; all: RunnerSpec[]; isCaughtUp(): boolean; stop(): void } {
  const last = new Map<string, RunnerSpec>();
  const all: RunnerSpec[] = [];
  const stop = new AbortController();
  let isCaughtUp = false;
  void (async () => {
    for await (const word of bus.specs.watch(stop.signal)) {
      if (word.kind === 'caught_up') isCaughtUp = true;
      if (word.kind !== 'message') continue;
      last.set(word.value.appId, word.value);
      all.push(word.value);
    }
  })();
  return { of: (appId) => last.get(appId), all, isCaughtUp: () => isCaughtUp, stop: () => stop.abort() };
}
