import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createClient, version, type VersionMismatch } from '@fapi/sdk';
import { startSystem, type System, until } from '../../server/test/parts/system.ts';
import { ready } from './made.ts';
import { caught, client, stage } from './on-stage.ts';
import { answer, refuse } from './serve.ts';

it('the version that the SDK names is that of its package', async () => {
  expect(JSON.parse(await readFile(join(import.meta.dirname, '../package.json'), 'utf8')).version).toBe(version);
});

describe('who calls', () => {
  it('is named with every call and stream, the SDK first, and who uses it after it', async () => {
    const { url, requests } = await stage((response) => refuse(response, 'forbidden'));
    const fapi = client({ baseUrl: url, clientName: 'components/0.3.1' });
    await caught(fapi.apps.read('app_1'));
    await caught(fapi.events.stream()[Symbol.asyncIterator]().next());
    await caught(client({ baseUrl: url }).apps.read('app_1'));
    expect(requests.map(({ headers }) => headers['fapi-client'])).toEqual([`sdk/${version} components/0.3.1`, `sdk/${version} components/0.3.1`, `sdk/${version}`]);
  });

  it.each(['', 'portal', 'Portal/1', 'portal/1 x/2', 'portal/1\r\nx: y'])('by a name that cannot stand in a header is refused at once: %j', (clientName) => {
    expect(() => createClient({ baseUrl: 'http://fapi.example', clientName })).toThrow(/clientName must be name\/version/);
  });
});

describe('who answers', () => {
  const heard = async (...versions: readonly string[]): Promise<{ told: VersionMismatch[]; serverVersion: string | undefined }> => {
    const { url } = await stage((response, _, nth) => answer(response, 200, ready, versions[nth - 1] === '' ? {} : { 'fapi-version': versions[nth - 1]! }));
    const told: VersionMismatch[] = [];
    const fapi = client({ baseUrl: url, onVersionMismatch: (mismatch) => told.push(mismatch) });
    expect(fapi.serverVersion).toBeUndefined();
    for (const _ of versions) await fapi.health.ready();
    return { told, serverVersion: fapi.serverVersion };
  };
  const [major, minor] = version.split('.').map(Number) as [number, number];

  it.each([version, `${major}.${minor}.99`, `${major}.${minor}.0-beta.1`, '', 'newest', '1'])('with %j is nothing to tell of', async (serverVersion) => {
    expect((await heard(serverVersion)).told).toEqual([]);
  });

  it.each([`${major}.${minor + 1}.0`, `${major + 1}.0.0`])('with %j is told of, once', async (serverVersion) => {
    expect(await heard(serverVersion, serverVersion, version)).toEqual({ told: [{ clientVersion: version, serverVersion }], serverVersion: version });
  });

  it('is heard through an error and through a stream too', async () => {
    const { url } = await stage((response, { url: path }) => (path.startsWith('/v1/events')
      ? void response.writeHead(200, { 'content-type': 'text/event-stream', 'fapi-version': version }).write('data: {"type":"ready","id":"1"}\n\n')
      : refuse(response, 'forbidden', { headers: { 'fapi-version': version } })));
    const [calling, streaming] = [client({ baseUrl: url }), client({ baseUrl: url })];
    await caught(calling.apps.read('app_1'));
    for await (const { type } of streaming.events.stream()) if (type === 'ready') break;
    expect([calling.serverVersion, streaming.serverVersion]).toEqual([version, version]);
  });
});

describe('the real server', () => {
  let system: System;
  beforeAll(async () => {
    system = await startSystem();
  });
  afterAll(() => system?.stop());

  it('says its version with every answer, errors and streams too, and to pages of other origins', async () => {
    for (const path of ['/v1/health/live', '/v1/apps', '/v1/apps/none', '/v1/nothing']) expect((await system.call(path)).headers.get('fapi-version')).toMatch(/^\d+\.\d+\.\d+$/);
    await system.call('/v1/workspaces/default', { method: 'PUT', body: { title: 'Portal', origins: ['https://portal.example'] } });
    const preflight = await system.call('/v1/apps', { method: 'OPTIONS', token: '', headers: { origin: 'https://portal.example', 'access-control-request-method': 'GET', 'access-control-request-headers': 'fapi-client' } });
    expect(preflight.headers.get('access-control-allow-headers')).toContain('fapi-client');
    expect(preflight.headers.get('access-control-expose-headers')).toContain('fapi-version');
    const fapi = client({ baseUrl: system.server.url, apiKey: system.server.operatorKey });
    await fapi.apps.list();
    expect(fapi.serverVersion).toBe((await fapi.health.ready()).version);
  });

  it('serves clients of its line, of the one before, newer ones, and those that say nothing or something else', async () => {
    for (const name of [`sdk/${version}`, 'sdk/0.99.0', 'sdk/1.0.0', '', 'curl/8', 'sdk/x', 'sdk/']) expect((await system.call('/v1/apps', { headers: { 'fapi-client': name } })).status).toBe(200);
  });
});

it('a client that is too old is told so in words that a page can show: calls and streams end with client_too_old', async () => {
  const { url, requests } = await stage((response) => refuse(response, 'client_too_old', { headers: { 'fapi-version': '0.9.0' } }));
  const told: VersionMismatch[] = [];
  const fapi = client({ baseUrl: url, onVersionMismatch: (mismatch) => told.push(mismatch) });
  expect(await caught(fapi.apps.read('app_1'))).toMatchObject({ name: 'ApiError', code: 'client_too_old', status: 426 });
  expect(await caught(fapi.events.stream()[Symbol.asyncIterator]().next())).toMatchObject({ code: 'client_too_old' });
  await until(() => told.length, (length) => length === 1);
  expect(requests).toHaveLength(2);
});
