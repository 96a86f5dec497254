import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeApp, makeBundle, makeSlowImport } from '../test-parts/bundles.ts';
import { openProcessHouse, type ProcessHouse } from '../test-parts/process-house.ts';
import { until } from '../test-parts/until.ts';
import { type AgentClient, AgentError, AgentGoneError, connectAgent } from './client.ts';
import { createFrameReader, encodeFrame } from './frames.ts';

const hello = { agentId: 'a', identity: 'i', pid: 1, python: '3.11.0', stack: {}, isolation: { level: 0, layers: [] } };
const failure = (promise: Promise<unknown>): Promise<Error> => promise.then(() => Promise.reject(new Error('it did not fail')), (error: Error) => error);

describe('the client of an agent that breaks the protocol', () => {
  let folder: string;
  let path: string;
  let server: Server | undefined;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fapi-peer-'));
    path = join(folder, 'agent.sock');
  });
  afterEach(async () => {
    await new Promise((resolve) => server ? server.close(resolve) : resolve(undefined));
    server = undefined;
    await rm(folder, { recursive: true, force: true });
  });
  /** A peer that greets as an agent does and then answers each request as the test says. */
  const listen = async (answer: (socket: Socket, id: number, method: string) => void): Promise<void> => {
    server = createServer((socket) => {
      const read = createFrameReader();
      socket.on('error', () => undefined);
      socket.on('data', (chunk) => {
        for (const { header } of read(chunk)) {
          const [id, method] = [header['id'] as number, String(header['method'])];
          if (method === 'hello') socket.write(encodeFrame({ kind: 'response', id, result: hello }));
          else answer(socket, id, method);
        }
      });
    });
    await new Promise<void>((resolve) => server!.listen(path, resolve));
  };
  const connect = (): Promise<AgentClient> => connectAgent(path, { role: 'controller', epoch: 1 });

  it('is told that there is none', async () => {
    expect(await failure(connect())).toEqual(new AgentGoneError(`no agent answers at ${path}`));
  });

  it.each([
    ['bytes that are no frame', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
    ['a header that is no JSON', Buffer.concat([Buffer.from([0, 0, 0, 1, 0, 0, 0, 0]), Buffer.from('{')])],
    ['a frame without bounds', Buffer.from([255, 255, 255, 255, 0, 0, 0, 0])],
  ])('ends every request and the connection at %s', async (_title, bytes) => {
    await listen((socket) => socket.write(bytes));
    const client = await connect();
    const errors = await Promise.all([failure(client.request('status')), failure(client.request('metrics'))]);
    for (const error of errors) expect(error).toEqual(new AgentGoneError('the agent sent what is not a frame'));
    await client.closed;
    expect(await failure(client.request('status'))).toBeInstanceOf(AgentGoneError);
  });

  it('refuses a hello that it cannot read', async () => {
    server = createServer((socket) => socket.once('data', () => socket.write(encodeFrame({ kind: 'response', id: 1, result: { agentId: 7 } }))));
    await new Promise<void>((resolve) => server!.listen(path, resolve));
    expect(await failure(connect())).toMatchObject({ name: 'AgentError', code: 'internal', message: expect.stringMatching(/^the agent's answer to hello breaks the protocol: /) });
  });

  it.each([
    ['an answer that breaks the schema', { result: { apps: 'none' } }, /^the agent's answer to status breaks the protocol/],
    ['an error that breaks the schema', { error: { code: 'odd' } }, /^the agent answered an unreadable error$/],
    ['an answer without anything', {}, /^the agent's answer to status breaks the protocol/],
  ])('rejects the request alone at %s', async (_title, answer, message) => {
    await listen((socket, id, method) => socket.write(encodeFrame({ kind: 'response', id, ...(method === 'status' ? answer : { result: { apps: [] } }) })));
    const client = await connect();
    const error = await failure(client.request('status'));
    expect(error).toBeInstanceOf(AgentError);
    expect(error).toMatchObject({ code: 'internal', message: expect.stringMatching(message) });
    expect(await client.request('metrics')).toEqual({ apps: [] });
    client.close();
    await client.closed;
  });

  it('matches answers in any order, and passes over those nobody asked for', async () => {
    const asked: [Socket, number][] = [];
    await listen((socket, id) => {
      asked.push([socket, id]);
      if (asked.length < 3) return;
      socket.write(encodeFrame({ kind: 'response', id: 999, result: {} }));
      for (const [other, number] of asked.toReversed()) other.write(encodeFrame({ kind: 'response', id: number, error: { code: 'bad_request', message: `number ${number}` } }));
    });
    const client = await connect();
    const errors = await Promise.all([1, 2, 3].map(() => failure(client.request('status'))));
    expect(errors.map((error) => error.message)).toEqual(['number 2', 'number 3', 'number 4']);
    client.close();
  });

  it('gives up on an answer that does not come, and not on the connection', async () => {
    await listen((socket, id, method) => method === 'metrics' && socket.write(encodeFrame({ kind: 'response', id, result: { apps: [] } })));
    const client = await connect();
    expect(await failure(client.request('status', {}, { timeoutMs: 50 }))).toEqual(new AgentGoneError('the agent did not answer status within 50 ms'));
    expect(await client.request('metrics')).toEqual({ apps: [] });
    client.close();
  });

  it('sends nothing that is over the limits, and goes on', async () => {
    await listen((socket, id) => socket.write(encodeFrame({ kind: 'response', id, result: { apps: [] } })));
    const client = await connect();
    expect((await failure(client.request('put', { text: 'x'.repeat(2_000_000) }))).name).toBe('FrameError');
    expect(await client.request('metrics')).toEqual({ apps: [] });
    client.close();
    expect(await failure(client.request('metrics'))).toEqual(new AgentGoneError('closed by us'));
  });
});

describe('the client of a real agent', () => {
  let house: ProcessHouse;
  let path: string;
  beforeAll(async () => {
    house = await openProcessHouse();
    // Each test brings an epoch of its own: the folder's controller must not start another agent meanwhile.
    await house.runtime.close();
    path = join(house.dataDir, 'agent/agent.sock');
  });
  afterAll(() => house?.close());

  const connect = (epoch: number): Promise<AgentClient> => connectAgent(path, { role: 'controller', epoch });
  const put = async (agent: AgentClient, code: string): Promise<string> => {
    const { revision, bundleSha256, bytes } = makeBundle(code);
    await agent.request('put', { digest: revision, sha256: bundleSha256 }, { body: bytes });
    return revision;
  };

  it('refuses a lower epoch at the door, and every act of one that was overtaken', async () => {
    const former = await connect(10);
    const digest = await put(former, makeApp('one'));
    const newer = await connect(11);
    expect(await failure(connect(10))).toMatchObject({ name: 'AgentError', code: 'stale_epoch' });
    const act = { appId: 'a', host: 'a', generation: 1, digest, envVersion: 1, environment: {}, deadlineMs: 10_000 };
    for (const [method, params] of [['prepare', act], ['activate', act], ['stop', act], ['remove', act], ['shutdown', {}]] as const) expect(await failure(former.request(method, params))).toMatchObject({ code: 'stale_epoch' });
    expect(await former.request('has', { digest })).toEqual({ have: true });
    expect((await newer.request('prepare', act)).routes.length).toBeGreaterThan(0);
    former.close();
    newer.close();
  });

  it('refuses a lower generation of an app, whatever it asks', async () => {
    const agent = await connect(20);
    const [one, two] = [await put(agent, makeApp('one')), await put(agent, makeApp('two'))];
    const act = (generation: number, digest: string) => ({ appId: 'b', host: 'b', generation, digest, envVersion: 1, environment: {}, deadlineMs: 10_000 });
    await agent.request('prepare', act(5, two));
    await agent.request('activate', act(5, two));
    for (const method of ['prepare', 'activate', 'stop', 'remove'] as const) expect(await failure(agent.request(method, act(4, one)))).toMatchObject({ code: 'stale_generation' });
    expect(await house.visit('b')).toMatchObject({ body: { word: 'two' } });
    agent.close();
  });

  it('says what is missing, in a request that it cannot take', async () => {
    const agent = await connect(30);
    expect(await failure(agent.request('prepare', { appId: 'c' }))).toMatchObject({ code: 'bad_request', message: expect.stringContaining('generation') });
    expect(await failure(agent.request('activate', { appId: 'never', generation: 1, digest: 'sha256:x' }))).toMatchObject({ code: 'unknown_app' });
    expect(await failure(agent.request('put', { digest: 'sha256:y', sha256: '0'.repeat(64) }, { body: Buffer.from('no tar') }))).toMatchObject({ name: 'AgentError' });
    expect((await agent.request('status')).apps.length).toBeGreaterThan(0);
    agent.close();
  });

  it('is told that the agent is gone in the middle of a call', async () => {
    const agent = await connect(40);
    const digest = await put(agent, makeSlowImport('slow', 20));
    const preparing = failure(agent.request('prepare', { appId: 'd', host: 'd', generation: 1, digest, envVersion: 1, environment: {}, deadlineMs: 30_000 }, { timeoutMs: 60_000 }));
    await until(async () => (await agent.request('status', { appId: 'd' }).catch(() => ({ apps: [] }))).apps.length > 0);
    process.kill(agent.hello.pid, 'SIGKILL');
    expect(await preparing).toBeInstanceOf(AgentGoneError);
    await agent.closed;
    expect(await failure(agent.request('status'))).toBeInstanceOf(AgentGoneError);
  });
});
