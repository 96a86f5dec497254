import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { createMemoryBus } from '@fapi/runner-controller/work';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigError, createServer, readConfig, ServerStartError } from '../src/index.ts';
import { layDatabase } from '../../../tools/parts/database.ts';
import { startSystem, until } from './parts/system.ts';

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'fapi-start-'));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

/** What a server makes of an empty folder is said in one test; the others find it made. */
const start = async (environment: Record<string, string> = {}) => createServer({ config: readConfig({ FAPI_DATA_DIR: dataDir, FAPI_PORT: '0', ...environment }), bus: createMemoryBus(), logger: pino({ level: 'silent' }) });

describe('the configuration', () => {
  it.each([
    ['FAPI_PORT', 'abc'], ['FAPI_PORT', '-1'], ['FAPI_PORT', '65536'], ['FAPI_PORT', '1.5'], ['FAPI_APPS_URL', 'https://apps.example/'], ['FAPI_APPS_URL', '{host}'], ['FAPI_LOG_LEVEL', 'loud'], ['FAPI_OPERATOR_KEY', 'short'],
    ['FAPI_OPERATOR_KEY', 'has a space in the middle of it'], ['FAPI_CONTROLLER_KEY', 'abc'], ['FAPI_ENVIRONMENT_KEY', 'abc'], ['FAPI_ENVIRONMENT_KEY', `${'k'.repeat(32)},abc`], ['FAPI_ALLOW_UNSAFE', 'yes'], ['FAPI_ACCEPT_LOST_KEYS', 'true'], ['FAPI_AUDIT_DAYS', '-1'], ['FAPI_AUDIT_DAYS', 'all'], ['FAPI_DATABASE_URL', 'mysql://x'], ['FAPI_NATS_URL', 'not an address'], ['FAPI_GATEWAY_URL', 'gateway:8788'],
  ])('is refused for %s=%s with one sentence that names the variable', (name, value) => {
    let message = '';
    try {
      readConfig({ FAPI_DATA_DIR: dataDir, [name]: value });
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      message = error.message;
    }
    expect(message).toContain(name);
    expect(message.split('\n')).toHaveLength(1);
    if (name.endsWith('KEY')) expect(message).not.toContain(`"${value}"`);
  });

  it('is frozen, and the same when read twice: keys are made once, for the owner only', async () => {
    const one = readConfig({ FAPI_DATA_DIR: dataDir });
    expect(readConfig({ FAPI_DATA_DIR: dataDir })).toEqual(one);
    expect(Object.isFrozen(one)).toBe(true);
    expect(one.operatorKey).not.toBe(one.controllerKey);
    expect(one.host).toBe('127.0.0.1');
    for (const name of ['operator-key', 'controller-key', 'environment-key']) expect((await stat(join(dataDir, name))).mode & 0o777).toBe(0o600);
    expect((await readFile(join(dataDir, 'operator-key'), 'utf8')).trim()).toBe(one.operatorKey);
  });
});

describe('the data folder', () => {
  it('belongs to one server at a time: the second is told who holds it', async () => {
    await layDatabase(dataDir);
    const server = await start();
    await expect(start()).rejects.toThrow(ServerStartError);
    await expect(start()).rejects.toThrow(String(process.pid));
    await server.close();
    const next = await start();
    await next.close();
  }, 40_000);

  it.each([['of a process that is gone', '999999 123'], ['of a process that has another start time', `${process.pid} 1`], ['that is empty', ''], ['with rubbish', 'x y z']])('is taken over from a lock %s', async (_, content) => {
    await layDatabase(dataDir);
    await writeFile(join(dataDir, 'database.lock'), content);
    const server = await start();
    await server.close();
    expect(existsSync(join(dataDir, 'database.lock'))).toBe(false);
  }, 40_000);

  it('has its lock outside of the folder that Postgres owns', async () => {
    const server = await start();
    const names = await readdir(dataDir);
    expect(names).toContain('database.lock');
    expect(await readdir(join(dataDir, 'database'))).not.toContain('database.lock');
    await server.close();
  }, 40_000);
});

describe('an address that others can reach', () => {
  const listenAt = async (level: number | undefined, more: Record<string, string> = {}) => {
    const bus = createMemoryBus();
    const stop = new AbortController();
    await layDatabase(dataDir);
    const serving = level === undefined ? Promise.resolve() : bus.calls.serve(async () => ({ schema: 1, kind: 'ping', runtime: { kind: 'test', isolation: { level, layers: [] }, python: '3.11.0', stack: {} } }), stop.signal);
    // A loopback address to the kernel, and not one to us: the test reaches nobody.
    const server = await createServer({ config: readConfig({ FAPI_DATA_DIR: dataDir, FAPI_PORT: '0', FAPI_HOST: '127.0.0.2', FAPI_ALLOWED_HOSTS: '127.0.0.2', ...more }), bus, logger: pino({ level: 'silent' }), runnerWaitMs: 300 });
    try {
      await server.listen();
      return (await fetch(new URL('/v1/health/live', server.url))).status;
    } finally {
      stop.abort();
      await serving;
      await server.close();
    }
  };

  it('is opened when apps are isolated well enough, as whoever runs them says', async () => {
    expect(await listenAt(2)).toBe(200);
  }, 40_000);

  it.each([['when they are not', 1], ['when nobody says so', undefined]])('is refused %s, in one sentence that names the variable', async (_, level) => {
    const error = await listenAt(level).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ServerStartError);
    expect((error as Error).message).toMatch(/^FAPI_HOST is "127\.0\.0\.2".*FAPI_ALLOW_UNSAFE=1/);
  }, 40_000);

  it('is opened all the same when everybody who deploys is trusted', async () => {
    expect(await listenAt(undefined, { FAPI_ALLOW_UNSAFE: '1' })).toBe(200);
  }, 40_000);
});

describe('a port that is taken', () => {
  it('is said in one sentence, and the server can still be closed', async () => {
    await layDatabase(dataDir);
    const first = await startSystem();
    const second = await start({ FAPI_PORT: new URL(first.server.url).port });
    await expect(second.listen()).rejects.toThrow(/Port \d+ is in use/);
    await second.close();
    await first.stop();
  }, 40_000);
});

describe('the elements for pages without a bundler', () => {
  it('are served to any page, which they tell what is missing, and nothing beside their folder is', async () => {
    const embed = join(dataDir, 'embed');
    await mkdir(embed);
    await writeFile(join(embed, 'fapi.js'), 'export {};');
    await writeFile(join(dataDir, 'secret.js'), 'no');
    const system = await startSystem({ FAPI_EMBED_DIR: embed });
    const answer = await system.call('/embed/fapi.js', { token: '', headers: { origin: 'https://portal.example' } });
    expect([answer.status, answer.text, answer.headers.get('content-type'), answer.headers.get('access-control-allow-origin')]).toEqual([200, 'export {};', 'text/javascript; charset=utf-8', '*']);
    expect(answer.headers.get('cache-control')).toBe('no-cache');
    // Whose build says no version has none.
    expect((await system.call('/embed/1.2.3/fapi.js', { token: '' })).status).toBe(404);
    await writeFile(join(embed, 'integrity.json'), JSON.stringify({ version: '1.2.3', modules: { 'fapi.js': 'sha384-x' } }));
    const kept = await system.call('/embed/1.2.3/fapi.js', { token: '', headers: { origin: 'https://portal.example' } });
    expect([kept.status, kept.text, kept.headers.get('cache-control'), kept.headers.get('access-control-allow-origin')]).toEqual([200, 'export {};', 'public, max-age=31536000, immutable', '*']);
    expect((await system.call('/embed/1.2.3/integrity.json', { token: '' })).json).toEqual({ version: '1.2.3', modules: { 'fapi.js': 'sha384-x' } });
    // What is worth it comes packed, to whoever reads that; the hash of a module is that of its text.
    const text = `export const words = ${JSON.stringify(Array.from({ length: 2_000 }, (_, at) => `word ${at % 7}`))};`;
    const large = join(embed, 'large.js');
    const write = async (content: string, at: Date) => {
      await writeFile(large, content);
      await utimes(large, at, at);
    };
    const [made, later] = [new Date(1_700_000_000_000), new Date(1_700_000_001_000)];
    await write(text, made);
    const unpack = { br: brotliDecompressSync, gzip: gunzipSync };
    const read = async (encoding: string, { method = 'GET', name = 'large.js', headers = {} }: { method?: string; name?: string; headers?: Record<string, string> } = {}) => {
      const asked = request(new URL(`/embed/1.2.3/${name}`, system.server.url), { method, headers: { 'accept-encoding': encoding, ...headers } }).end();
      const [answer] = await once(asked, 'response') as [IncomingMessage];
      return { status: answer.statusCode, headers: answer.headers, body: await buffer(answer) };
    };
    for (const [asked, sent] of [['gzip, deflate, br', 'br'], ['gzip', 'gzip'], ['br;q=0, gzip', 'gzip'], ['identity', undefined], ['', undefined], ['br;q=0, gzip;q=0', undefined]] as const) {
      const [first, second] = await Promise.all([read(asked), read(asked)]);
      const { headers, body } = first;
      expect([headers['content-encoding'], headers.vary, (sent ? unpack[sent](body) : body).toString()]).toEqual([sent, 'Accept-Encoding', text]);
      if (sent) expect(body.length).toBeLessThan(text.length / 3);
      // Whoever asks at the same time, or later, is sent the same, and whoever asks for the head is told its length.
      for (const again of [second, await read(asked)]) expect(again.body.equals(body)).toBe(true);
      const head = await read(asked, { method: 'HEAD' });
      expect([headers['content-length'], head.headers['content-length'], head.headers['content-encoding'], head.body.length]).toEqual([String(body.length), String(body.length), sent, 0]);
    }
    const small = await read('br', { name: 'fapi.js' });
    expect([small.headers['content-length'], small.headers['content-encoding'], small.body.toString()]).toEqual(['10', undefined, 'export {};']);
    // Packed once: as long as the file is by its etag the same nobody looks into it again, and another one is packed anew.
    const other = text.replaceAll('word', 'term');
    await write(other, made);
    expect(brotliDecompressSync((await read('br')).body).toString()).toBe(text);
    await write(other, later);
    expect(brotliDecompressSync((await read('br')).body).toString()).toBe(other);
    const etag = (await read('br')).headers.etag!;
    const known = await read('br', { headers: { 'if-none-match': etag } });
    expect([known.status, known.body.length, known.headers.etag, known.headers.vary, known.headers['content-encoding']]).toEqual([304, 0, etag, 'Accept-Encoding', undefined]);
    for (const path of ['/embed/1.2.4/fapi.js', '/embed/1.2.3/../secret.js', '/embed/..1.2.3/fapi.js', '/embed/', '/embed/../secret.js', '/embed/%2e%2e/secret.js', '/embed/..%2fsecret.js', '/embed/none.js', '/embed/fapi.js/x']) expect((await system.call(path, { token: '' })).json).toMatchObject({ status: 404, code: 'not_found' });
    await system.stop();
  }, 40_000);
});

describe('the end', () => {
  it('does not wait for a connection that never asked anything, as browsers open them', async () => {
    const system = await startSystem();
    const { hostname, port } = new URL(system.server.url);
    const left: string[] = [];
    const open = async (name: string, text: string): Promise<void> => {
      const socket = connect(Number(port), hostname);
      await once(socket, 'connect');
      socket.write(text);
      socket.on('error', () => undefined).once('close', () => left.push(name));
      if (name === 'unused') socket.once('close', () => busy.destroy());
      else busy = socket;
    };
    let busy: Socket;
    // Under way until its body has come, which it never does.
    await open('busy', 'POST /v1/apps HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{');
    await system.call('/v1/health/live');
    await open('unused', '');
    await system.call('/v1/health/live');
    await system.server.stopAccepting();
    await until(() => left.length, (count) => count === 2);
    expect(left).toEqual(['unused', 'busy']);
    await system.stop();
  }, 40_000);
});

describe('the program', () => {
  it.each([
    ['without FAPI_NATS_URL', {}, /FAPI_NATS_URL/],
    ['with a wrong port', { FAPI_PORT: 'x', FAPI_NATS_URL: 'nats://127.0.0.1:1' }, /FAPI_PORT/],
    ['with a list of servers of which one is no address', { FAPI_NATS_URL: 'nats://127.0.0.1:1, nowhere' }, /FAPI_NATS_URL/],
  ])('ends with 2 and a sentence %s', async (_, environment, pattern) => {
    const child = spawn(process.execPath, ['--conditions=fapi-source', join(import.meta.dirname, '../src/main.ts')], { env: { PATH: process.env['PATH'], FAPI_DATA_DIR: dataDir, ...environment }, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const [code] = (await once(child, 'exit')) as [number];
    expect(code).toBe(2);
    expect(output).toMatch(pattern);
    expect(output.trim().split('\n')).toHaveLength(1);
  });
});
