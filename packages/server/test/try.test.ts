import { type ServerResponse, createServer } from 'node:http';
import { createClient, type FapiClient } from '@fapi/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectProblem } from './parts/expect-problem.ts';
import { prepare } from './parts/route-cases.ts';
import { revision, type StandIn, startStandIn } from './parts/stand-in.ts';
import { startSystem, type System, until } from './parts/system.ts';

const secret = 'sk-typed-for-the-app-only';
const text = 'plain';
const pages: Record<string, (response: ServerResponse) => void> = {
  '/plain': (response) => response.setHeader('content-type', 'text/plain').end(text),
  '/twice': (response) => response.setHeader('set-cookie', ['a=1', 'b=2']).end('{"a":"\u00e4"}'),
  '/bytes': (response) => response.end(Buffer.from([0x89, 0x50, 0xff, 0x00])),
  '/away': (response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
  '/refused': (response) => response.writeHead(503, { 'content-type': 'application/problem+json' }).end('{"code":"app_not_running"}'),
  // As the gateway does it: without a revision.
  '/gateway-says/app_not_running': (response) => ownWord(response, 503, 'app_not_running'),
  '/gateway-says/app_not_found': (response) => ownWord(response, 404, 'app_not_found'),
  '/gateway-says/app_broke_off': (response) => ownWord(response, 502, 'app_broke_off'),
  '/gateway-says/bad_request': (response) => ownWord(response, 400, 'bad_request'),
  '/never': () => undefined,
  '/drips': (response) => void response.write('first'),
  '/breaks': (response) => response.write('half', () => response.destroy()),
  '/hangs-up': (response) => response.destroy(),
  '/large': (response) => response.end(`${'x'.repeat(999_999)}\u00e4${'x'.repeat(9_000_000)}`),
  '/whole': (response) => response.end('x'.repeat(1_000_000)),
};
function ownWord(response: ServerResponse, status: number, code: string): void {
  response.removeHeader('x-fapi-revision');
  response.writeHead(status, { 'content-type': 'application/problem+json' }).end(JSON.stringify({ code }));
}

let apps: StandIn;
let system: System;
let client: FapiClient;
let appId: string;
let host: string;
beforeAll(async () => {
  apps = await startStandIn((request, response) => (pages[request.url!.split('?')[0]!] ?? pages['/plain']!)(response));
  system = await startSystem({}, { appsPort: () => apps.port });
  client = createClient({ baseUrl: system.server.url, apiKey: system.server.operatorKey, retryLimit: 0 });
  ({ appId } = await prepare(system, 'apps.try'));
  ({ host } = await client.apps.read(appId));
});
afterAll(async () => {
  client?.close();
  await system?.stop();
  await apps?.stop();
});
const get = (path: string, more = {}) => client.apps.try(appId, { method: 'GET', path, ...more });
const send = (body: unknown) => system.call(`/v1/apps/${appId}/try`, { method: 'POST', body });

describe('a request to an app', () => {
  it('goes out as it was typed and with nothing else, and the Host names the app', async () => {
    const headers: [string, string][] = [['Authorization', `Bearer ${secret}`], ['Cookie', 'theme=dark'], ['X-Twice', '1'], ['X-Twice', '2']];
    const answer = await client.apps.try(appId, { method: 'POST', path: '/plain?a=%20b&a=c', headers, body: '{"name":"\u00e4"}' });
    expect(answer).toEqual({
      status: 200, headers: expect.arrayContaining([['content-type', 'text/plain'], ['x-fapi-revision', revision]]), body: text, bodyEncoding: 'utf8', bodyBytes: 5, isTruncated: false, sentAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/), durationMs: expect.any(Number), revision,
    });
    const asked = apps.asked.at(-1)!;
    expect([asked.method, asked.url, asked.body.toString()]).toEqual(['POST', '/plain?a=%20b&a=c', '{"name":"\u00e4"}']);
    expect(asked.headers).toEqual([['host', `${host}.localhost:${apps.port}`], ['authorization', `Bearer ${secret}`], ['cookie', 'theme=dark'], ['x-twice', '1'], ['x-twice', '2'], ['content-length', '13'], ['connection', 'close']]);
  });

  it('carries bytes both ways', async () => {
    const bytes = Buffer.from([0, 255, 1, 254]);
    const answer = await client.apps.try(appId, { method: 'PUT', path: '/bytes', body: bytes.toString('base64'), bodyEncoding: 'base64' });
    expect(apps.asked.at(-1)!.body).toEqual(bytes);
    expect(answer).toMatchObject({ bodyEncoding: 'base64', body: Buffer.from([0x89, 0x50, 0xff, 0x00]).toString('base64'), bodyBytes: 4 });
  });

  it('is answered with every header, with redirects that nobody follows, and with the errors of the app itself', async () => {
    expect((await get('/twice')).headers.filter(([name]) => name === 'set-cookie')).toEqual([['set-cookie', 'a=1'], ['set-cookie', 'b=2']]);
    expect(await get('/away')).toMatchObject({ status: 302, headers: expect.arrayContaining([['location', 'http://127.0.0.1:1/']]) });
    expect(await get('/refused')).toMatchObject({ status: 503, body: '{"code":"app_not_running"}' });
    expect(await get('/gateway-says/bad_request')).toMatchObject({ status: 400 });
  });

  it('never leaves the app: no other address, no blank, no line break, and nothing that the way to it writes', async () => {
    const count = apps.asked.length;
    for (const path of ['http://127.0.0.1:1/', 'items', '', '/a b', '/a\r\nx: y', '/\u00e4', '/a#b', '\\\\evil', 'https:/x']) expectProblem(await send({ method: 'GET', path }), 400, 'invalid_request');
    for (const name of ['Host', 'connection', 'Content-Length', 'transfer-encoding', 'Upgrade', 'X-Fapi-Revision', 'x-forwarded-for', 'Proxy-Authorization', 'forwarded', 'a b', 'a:', 'a\r\nb']) {
      const answer = await send({ method: 'GET', path: '/', headers: [[name, 'x']] });
      expectProblem(answer, 400, 'invalid_request');
      expect(answer.json.issues[0].path).toBe('/headers/0/0');
    }
    expectProblem(await send({ method: 'GET', path: '/', headers: [['x', 'a\r\nb: c']] }), 400, 'invalid_request');
    expectProblem(await send({ method: 'CONNECT', path: '/' }), 400, 'invalid_request');
    expectProblem(await send({ method: 'POST', path: '/', body: '%%%%', bodyEncoding: 'base64' }), 400, 'invalid_request');
    expect(apps.asked).toHaveLength(count);
    // Two slashes are a path of this app, as they stand.
    await get('//evil.example/x');
    expect(apps.asked.at(-1)).toMatchObject({ url: '//evil.example/x', headers: expect.arrayContaining([['host', `${host}.localhost:${apps.port}`]]) });
  });
});

describe('bounds', () => {
  it('take 1,000,000 bytes and no more', async () => {
    expect(await client.apps.try(appId, { method: 'POST', path: '/plain', body: '"'.repeat(1_000_000) })).toMatchObject({ status: 200 });
    const answer = await send({ method: 'POST', path: '/plain', body: 'x'.repeat(1_000_001) });
    expectProblem(answer, 413, 'body_too_large');
    expect(answer.json.issues).toEqual([expect.objectContaining({ path: '/body', used: 1_000_001, limit: 1_000_000 })]);
  });

  it('cut an answer at 1,000,000 bytes, between letters, and end the connection', async () => {
    const answer = await get('/large');
    expect(answer).toMatchObject({ isTruncated: true, truncatedBy: 'size', bodyEncoding: 'utf8', bodyBytes: 1_000_000 });
    expect(answer.body).toBe('x'.repeat(999_999));
    expect(await get('/whole')).toMatchObject({ isTruncated: false, bodyBytes: 1_000_000 });
    await until(apps.connections, (count) => count === 0);
  });

  it('end what takes longer than its deadline, and keep what has come by then', async () => {
    await expect(get('/never', { deadlineMs: 150 })).rejects.toMatchObject({ code: 'app_timeout', status: 504, message: expect.stringContaining('0.15 s') });
    expect(await get('/drips', { deadlineMs: 1_000 })).toMatchObject({ status: 200, body: 'first', isTruncated: true, truncatedBy: 'time' });
    expect(await get('/breaks')).toMatchObject({ status: 200, body: 'half', isTruncated: true, truncatedBy: 'app' });
    await until(apps.connections, (count) => count === 0);
  });

  it('end the request when its caller leaves', async () => {
    const leave = new AbortController();
    const count = apps.asked.length;
    const asked = client.apps.try(appId, { method: 'GET', path: '/never' }, { signal: leave.signal });
    await until(() => apps.asked.length, (now) => now > count);
    leave.abort();
    await expect(asked).rejects.toMatchObject({ name: 'AbortError' });
    await until(apps.connections, (open) => open === 0);
  });

  it('let nobody have more than 8 at a time', async () => {
    const leave = new AbortController();
    const token = await system.mint({ role: 'editor', subject: 'busy' });
    const busy = createClient({ baseUrl: system.server.url, fetchToken: async () => ({ token, expiresInSeconds: 600 }), retryLimit: 0 });
    const count = apps.asked.length;
    const open = Array.from({ length: 8 }, () => busy.apps.try(appId, { method: 'GET', path: '/never' }, { signal: leave.signal }).catch((error: Error) => error.name));
    await until(() => apps.asked.length, (now) => now === count + 8);
    await expect(busy.apps.try(appId, { method: 'GET', path: '/plain' })).rejects.toMatchObject({ code: 'rate_limited' });
    expect(await get('/plain')).toMatchObject({ status: 200 });
    leave.abort();
    expect(await Promise.all(open)).toEqual(Array(8).fill('AbortError'));
    await until(() => busy.apps.try(appId, { method: 'GET', path: '/plain' }).then(({ status }) => status, () => 0), (status) => status === 200);
    busy.close();
  });
});

describe('when the app has said nothing', () => {
  it.each([['app_not_running', 503, 'app_unavailable', 'it is not running'], ['app_not_found', 503, 'app_unavailable', 'the gateway does not know it yet'], ['app_broke_off', 502, 'app_answer_invalid', 'it broke off before it answered']])('%s of the gateway is %i %s', async (word, status, code, detail) => {
    const answer = await send({ method: 'GET', path: `/gateway-says/${word}` });
    expectProblem(answer, status, code);
    expect(answer.json.detail).toBe(detail);
  });

  it('says that nothing is live, that it broke off, that it is suspended, and that the gateway is away', async () => {
    expectProblem(await send({ method: 'GET', path: '/hangs-up' }), 502, 'app_answer_invalid');
    const { id } = await client.apps.create({ title: 'Never deployed' });
    await expect(client.apps.try(id, { method: 'GET', path: '/' })).rejects.toMatchObject({ status: 409, code: 'not_live' });
    const held = await prepare(system, 'apps.try');
    await client.apps.suspend(held.appId, {});
    await expect(client.apps.try(held.appId, { method: 'GET', path: '/' })).rejects.toMatchObject({ code: 'app_suspended' });
    const closed = await startStandIn();
    const lonely = await startSystem({}, { appsPort: () => closed.port });
    const place = await prepare(lonely, 'apps.try');
    await closed.stop();
    const answer = await lonely.call(`/v1/apps/${place.appId}/try`, { method: 'POST', body: { method: 'GET', path: '/' } });
    expectProblem(answer, 503, 'gateway_unavailable');
    expect(answer.text).not.toContain(String(closed.port));
    await lonely.stop();
  });
});

describe('whoever tries', () => {
  it('leaves a row for what may write, none for what reads, and no word of what was sent in rows or logs', async () => {
    const token = await system.mint({ role: 'editor', subject: 'ada' });
    const path = `/plain?api_key=${secret}`;
    const headers = [['authorization', `Basic ${secret}`]];
    for (const method of ['GET', 'HEAD', 'OPTIONS', 'POST', 'DELETE']) expect((await system.call(`/v1/apps/${appId}/try`, { method: 'POST', token, body: { method, path, headers, ...(method === 'POST' ? { body: secret } : {}) } })).status).toBe(200);
    const { items } = await client.audit.list({ appId, subject: 'ada' });
    expect(items.map(({ action }) => action)).toEqual(['apps.try', 'apps.try']);
    expect(JSON.stringify([items, system.logs])).not.toContain(secret);
  });

  it('reaches an app through the gateway that FAPI_GATEWAY_URL names, by its public name', async () => {
    const gateway = createServer((request, response) => response.end(request.headers.host));
    await new Promise<void>((resolve) => gateway.listen(0, '127.0.0.1', resolve));
    const { port } = gateway.address() as { port: number };
    const far = await startSystem({ FAPI_APPS_URL: 'https://{host}.apps.example/', FAPI_GATEWAY_URL: `http://127.0.0.1:${port}` });
    const place = await prepare(far, 'apps.try');
    const { host: name } = (await far.call(`/v1/apps/${place.appId}`)).json;
    expect((await far.call(`/v1/apps/${place.appId}/try`, { method: 'POST', body: { method: 'GET', path: '/' } })).json).toMatchObject({ status: 200, body: `${name}.apps.example` });
    await far.stop();
    gateway.close();
  });
});
