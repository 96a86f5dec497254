import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { type Route, Problem, routes } from '@fapi/sdk/contract';
import * as z from 'zod/mini';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, type Call, startSystem, type System } from './parts/system.ts';

let system: System;
let appId: string;
beforeAll(async () => {
  system = await startSystem();
  appId = (await system.call('/v1/apps', { method: 'POST', body: { title: 'Target' } })).json.id;
});
afterAll(() => system?.stop());

const at = (path: string): string => path.replace(':appId', appId).replace(':deploymentId', 'dep_none').replace(':version', '1').replace(':workspaceId', 'default').replace(':page', 'page_0001').replace(':digest', `sha256:${'0'.repeat(64)}`);
const rows: [string, Route][] = Object.entries(routes).flatMap(([resource, group]) => Object.entries(group as Record<string, Route>).map(([name, route]): [string, Route] => [`${resource}.${name}`, route]));
const withBody = rows.filter(([, route]) => route.body);

/** Whatever comes in: an answer in our words, never a 500, and never our insides. */
function expectRefused(answer: Answer): void {
  const problem = z.safeParse(Problem, answer.json);
  expect(problem.success, `${answer.status} ${answer.text.slice(0, 300)}`).toBe(true);
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  expect(answer.status).toBeGreaterThanOrEqual(400);
  expect(answer.status, answer.text).toBeLessThan(500);
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  expect(answer.text).not.toMatch(/node_modules|at .*\.ts:|select |insert into/i);
}
/** For people: none of the words that the library for schemas has for itself. */
function expectSentence(message: string): void {
  expect(message).not.toMatch(/invalid (?:type|value|union|format|input)|too (?:small|big)|unrecognized|expected|received|pattern|undefined|NaN/i);
}
/** Taken or refused, but never broken. Nobody serves calls here, which is a 503 of its own. */
function expectNotBroken(answer: Answer): void {
  if (answer.status >= 400 && answer.json?.code !== 'runner_unavailable') expectRefused(answer);
}
const send = (route: Route, { query = '', ...call }: Call & { query?: string }): Promise<Answer> => system.call(at(route.path) + query, { method: route.method, ...call });
const json = { 'content-type': 'application/json' };
const deep = (levels: number): string => `${'['.repeat(levels)}${']'.repeat(levels)}`;

describe.each(withBody)('%s', (_, route) => {
  it.each([
    ['nothing', '', 400], ['half an object', '{"title":', 400], ['no JSON', 'title=x', 400], ['NaN', 'NaN', 400], ['a trailing comma', '{"a":1,}', 400], ['two values', '{}{}', 400], ['a byte order mark alone', '\uFEFF', 400],
  ])('answers 400 to %s', async (_title, raw, status) => {
    const answer = await send(route, { raw, headers: json });
    // Where all that a body may say is optional, so is the body.
    if (raw === '' && answer.status < 300 && z.safeParse(route.body!, undefined).success) return;
    expectRefused(answer);
    expect(answer.status).toBe(status);
    if (raw !== '' && raw !== '\uFEFF') {
      expect(answer.json.code).toBe('invalid_json');
      expect(answer.json.detail).toMatch(/line 1, column \d/);
    }
  });

  it.each([
    ['null', 'null'], ['a number', '1'], ['a string', '"x"'], ['a list', '[]'], ['true', 'true'], ['an empty object', '{}'],
    ['wrong types', '{"title":1,"files":"x","draftVersion":"1","subject":{},"origins":7,"patch":[]}'],
    ['nulls', '{"title":null,"files":null,"draftVersion":null,"subject":null,"origins":null,"patch":null}'],
    ['huge numbers', '{"draftVersion":1e400,"ttlSeconds":1e400}'], ['numbers beyond 32 bits', '{"title":1,"draftVersion":9007199254740991,"subject":"x","ttlSeconds":99999999999}'],
    ['fractions', '{"draftVersion":1.5,"ttlSeconds":0.1,"subject":"x"}'], ['minus', '{"draftVersion":-1,"ttlSeconds":-1,"subject":"x"}'],
    ['minus beyond 32 bits', '{"draftVersion":-49460099711,"ttlSeconds":-1,"subject":"x"}'],
    ['deep lists', deep(100_000 / 8)], ['deep lists in a field', `{"files":${deep(10_000)},"title":${deep(10_000)}}`],
    ['__proto__', '{"__proto__":{"isAdmin":true},"constructor":{"prototype":{}}}'], ['the same key often', `{${'"title":1,'.repeat(100)}"title":2}`],
  ])('is not broken by %s', async (_title, raw) => {
    const answer = await send(route, { raw, headers: { ...json, 'if-match': '"999"' } });
    // Where all that a body may say is optional, so is the body.
    if (answer.status < 300 && z.safeParse(route.body!, {}).success && raw === '{}') return;
    expectRefused(answer);
    if (answer.json.code === 'invalid_request') {
      expect(answer.json.issues.length).toBeGreaterThan(0);
      for (const issue of answer.json.issues) {
        expect(issue.path).toMatch(/^\/|^(query|path|header)\./);
        expectSentence(issue.message);
      }
    }
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/jsonx', 'text/json', 'garbage', '*/*'])('answers 415 to the type %s', async (type) => {
    const answer = await send(route, { raw: '{"title":"x"}', headers: { 'content-type': type } });
    expectRefused(answer);
    expect(answer.json.code).toBe('unsupported_media_type');
    expect(answer.json.detail).toContain(`send it as application/json: it came as ${JSON.stringify(type)}`);
  });

  it('answers 415 or 400 to an encoding that it does not know', async () => {
    expectRefused(await send(route, { raw: '{}', headers: { ...json, 'content-encoding': 'zstd-of-mine' } }));
    expectRefused(await send(route, { raw: 'not gzip', headers: { ...json, 'content-encoding': 'gzip' } }));
  });

  it('answers 413 to what is too large', async () => {
    const answer = await send(route, { raw: `{"title":"${'x'.repeat(17_000_000)}"}`, headers: json });
    expectRefused(answer);
    expect(answer.json).toMatchObject({ code: 'body_too_large', issues: [{ path: '/', used: 17_000_012 }] });
    const [{ limit }] = answer.json.issues;
    expect([1_000_000, 16_000_000]).toContain(limit);
    expect(answer.json.detail).toBe(`the body has 17000012 bytes, and ${limit} are taken here`);
  });

  it('answers 400 to bytes that are no UTF-8', async () => {
    const answer = await send(route, { raw: new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]), headers: { ...json, 'if-match': '"999"' } });
    expect(answer.json).toMatchObject({ status: 400, code: 'invalid_json', detail: 'it is not in UTF-8' });
  });
});

const nasty = ['\u0000', 'a\u0000b', '\uD800', '\u202E', '%', "'; drop table apps; --", '../..', '\\', '"', '${jndi:x}', '\u{1F600}', ' '.repeat(50), 'x'.repeat(79)];
const places: Record<string, (text: string) => Promise<Answer>> = {
  'title of an app': (text) => system.call('/v1/apps', { method: 'POST', body: { title: `t${text}` } }),
  'content of a file': (text) => system.call('/v1/apps', { method: 'POST', body: { title: 'x', files: [{ path: 'main.py', content: text }] } }),
  'path of a file': (text) => system.call('/v1/apps', { method: 'POST', body: { title: 'x', files: [{ path: `a${text}`, content: '' }] } }),
  'subject of a token': (text) => system.call('/v1/embed-tokens', { method: 'POST', body: { subject: `s${text}` } }),
  'app of a token': (text) => system.call('/v1/embed-tokens', { method: 'POST', body: { subject: 's', apps: [`a${text}`] } }),
  'title of a workspace': (text) => system.call('/v1/workspaces/default', { method: 'PUT', body: { title: `t${text}`, origins: [] } }),
  'path to remove': (text) => system.call(`/v1/apps/${appId}/deployments`, { method: 'POST', body: { draftVersion: 1, patch: { put: [], remove: [text] } } }),
  'content to validate': (text) => system.call(`/v1/apps/${appId}/validate`, { method: 'POST', body: { draftVersion: 1, patch: { put: [{ path: 'main.py', content: text }], remove: [] } } }),
};
describe.each(Object.keys(places))('as the %s', (place) => {
  it.each(nasty)('%j is stored or refused', async (text) => {
    expectNotBroken(await places[place]!(text));
  });
});

describe.each(['title of an app', 'subject of a token'])('a %s', (place) => {
  it.each(['\u202Eegdirb', '\u2066x', 'two\nlines', '\u001b[31m', '\u0085'])('is no place for what disturbs the text around it (%j)', async (text) => {
    expect((await places[place]!(text)).json).toMatchObject({ status: 400, code: 'invalid_request', detail: expect.stringContaining('it is one line') });
  });
  it.each(['\u{1F468}\u200D\u{1F469}', 'می\u200Cخواهم', 'שלום\u200F!', 'Straße 7'])('may have the words of anybody (%j)', async (text) => {
    expect((await places[place]!(text)).status).toBe(201);
  });
});

it('a title is to be seen', async () => {
  for (const title of ['\u200B', ' \u200E\u2060 ']) expect((await system.call('/v1/apps', { method: 'POST', body: { title } })).json).toMatchObject({ status: 400, detail: expect.stringContaining('can be seen') });
});

describe('an address', () => {
  const ids = ['%00', 'app_%00', '%', '%E0%A4%A', '%ff', '%252e%252e', '..%2f..', '%F0%9F%98%80', 'x'.repeat(5_000), '%0d%0aset-cookie:x=1', "'%20or%201=1--", '-1', 'null', '%3Cscript%3E'];
  it.each(ids)('with the id %s answers 404 or 400', async (id) => {
    for (const path of [`/v1/apps/${id}`, `/v1/apps/${id}/draft`, `/v1/apps/${id}/deployments`, `/v1/apps/${appId}/deployments/${id}`, `/v1/workspaces/${id}`]) {
      const answer = await system.call(path);
      expectRefused(answer);
      expect([400, 404]).toContain(answer.status);
    }
    expectRefused(await system.call(`/v1/apps/${appId}/deployments/${id}/cancel`, { method: 'POST' }));
  });

  it.each(['/', '/v1', '/v1/', '/v2/apps', '/v1/apps/x/y/z', '/internal', '/internal/v1/x', '//v1/apps', '/v1//apps', '/v1/apps%2f', '/favicon.ico'])('that nobody serves (%s) answers 404 not_found', async (path) => {
    const response = await rawRequest(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${system.server.operatorKey}\r\nConnection: close\r\n\r\n`);
    expect(response).toMatch(/^HTTP\/1\.1 404 /);
    expect(response).toContain('"code":"not_found"');
  });

  it('of another form is refused in our words', async () => {
    const response = await rawRequest('GET http://[/v1/apps HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
    expect(response).toMatch(/^HTTP\/1\.1 400 /);
    expect(response).toContain('"code":"invalid_request"');
  });

  it.each(['limit=0', 'limit=-1', 'limit=101', 'limit=abc', 'limit=', 'limit=1.5', 'limit=1e9', 'limit=1&limit=2', 'limit[]=1', 'cursor=x', 'cursor=%00', `cursor=${'A'.repeat(201)}`, 'cursor=bnVsbA', 'cursor=W10',
    `cursor=${Buffer.from('["2024-01-01T00:00:00Z","-9007199254740991"]').toString('base64url')}`, `cursor=${Buffer.from('["2024-01-01T00:00:00.000Z","-9007199254740991"]').toString('base64url')}`, `cursor=${Buffer.from('["0000-01-01","a"]').toString('base64url')}`, `cursor=${Buffer.from('["0000-01-01T00:00:00+12:00","x"]').toString('base64url')}`,
    `cursor=${Buffer.from('["2026-01-01","\\u0000"]').toString('base64url')}`, `cursor=${Buffer.from('["-271821-04-20T00:00:00.000Z","x"]').toString('base64url')}`, `cursor=${Buffer.from('["+275760-09-13T00:00:00.000Z","1e99"]').toString('base64url')}`])('with ?%s is taken or refused', async (query) => {
    expectNotBroken(await system.call(`/v1/apps?${query}`));
    expectNotBroken(await system.call(`/v1/apps/${appId}/deployments?${query}`));
  });

  it.each(['since=x', 'since=-1', 'since=1e3', `since=${'9'.repeat(16)}`, 'topics=nothing', 'topics=logs,', 'topics=%00', 'apps=x', 'apps=%00', 'apps=,', `apps=${'a,'.repeat(2_001)}`, 'since=1&since=2'])('of the stream with ?%s is refused', async (query) => {
    expectRefused(await system.call(`/v1/events?${query}`));
  });
});

describe('a header', () => {
  it.each(['', '""', 'x', '"-1"', '*', '"1", "2"', '"99999999999999999999"', 'W/"x"', '1'.repeat(8_000)])('If-Match: %s does not save by accident', async (value) => {
    const answer = await system.call(`/v1/apps/${appId}/draft`, { method: 'PUT', body: { files: [] }, headers: { 'if-match': value } });
    expectRefused(answer);
    expect((await system.call(`/v1/apps/${appId}/draft`)).json.version).toBe(1);
  });

  it('If-Match is required: 428 precondition_required', async () => {
    expect((await system.call(`/v1/apps/${appId}/draft`, { method: 'PUT', body: { files: [] } })).json).toMatchObject({ status: 428, code: 'precondition_required' });
  });

  it.each(['', 'Bearer', 'Bearer ', 'Basic Zm9vOmJhcg==', 'Bearer a b', `Bearer ${'x'.repeat(6_000)}`, 'bearer x', 'fet_abc', 'Bearer fet_', 'Bearer \u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9'])('Authorization: %s is 401', async (authorization) => {
    const answer = await system.call('/v1/session', { token: '', headers: { authorization } });
    expectRefused(answer);
    expect(answer.status).toBe(401);
  });

  it.each([
    [undefined, 'send the header "Authorization: Bearer <token>"'], ['Basic Zm9vOmJhcg==', 'malformed'], ['Bearer', 'malformed'], ['Bearer a b', 'malformed'],
    ['Bearer x', 'the token is not known here'], ['Bearer rubbish', 'the token is not known here'], ['Bearer fak_abc', 'the token is not known here'], [`Bearer fak_${'A'.repeat(43)}`, 'the token is not known here'], ['Bearer fet_', 'the token is not known here'], [`Bearer fok_${'A'.repeat(32)}`, 'the token is not known here'],
  ])('Authorization: %s is told apart from the others, and no key from another', async (authorization, words) => {
    const answer = await system.call('/v1/session', { token: '', headers: authorization === undefined ? {} : { authorization } });
    expect(answer.json).toMatchObject({ status: 401, code: 'unauthorized', detail: expect.stringContaining(words) });
  });

  it.each(['nothing', 'UPPER', '../x', '\u00e9', 'x'.repeat(300), 'a b'])('fapi-workspace: %s is workspace_not_found', async (workspace) => {
    expect((await system.call('/v1/session', { headers: { 'fapi-workspace': workspace } })).json).toMatchObject({ status: 404, code: 'workspace_not_found' });
  });

  it.each(['x', 'a'.repeat(65), 'has space', '<script>', '\u00e9'.repeat(10)])('X-Request-Id: %s is not taken over', async (id) => {
    const answer = await system.call('/v1/health/live', { headers: { 'x-request-id': id } });
    expect(answer.headers.get('x-request-id')).not.toBe(id);
    expect(answer.headers.get('x-request-id')).toMatch(/^[A-Za-z0-9_-]{8,64}$/);
  });

  it.each(['', '..', '../x.py', '/etc', '-x', 'a/../b', `a${'b'.repeat(1_000)}`])('refuses to run the tests in %j, and says which one it was', async (select) => {
    const app = await system.call('/v1/apps', { method: 'POST', body: { title: 'x' } });
    const answer = await system.call(`/v1/apps/${app.json.id}/test`, { method: 'POST', body: { draftVersion: 1, select: ['tests', select] } });
    expect(answer.json).toMatchObject({ code: 'invalid_request', issues: [{ path: '/select/1' }] });
  });

  it('Idempotency-Key is at most 200 characters', async () => {
    const answer = await system.call('/v1/apps', { method: 'POST', body: { title: 'x' }, headers: { 'idempotency-key': 'k'.repeat(201) } });
    expect(answer.json).toMatchObject({ code: 'invalid_request', issues: [{ path: 'header.idempotency-key' }] });
  });
});

describe('a method', () => {
  const findUntaken = (path: string): string => ['PATCH', 'PUT', 'POST'].find((method) => !rows.some(([, other]) => other.path === path && other.method === method))!;
  it.each(rows)('that %s does not take is 405 method_not_allowed with Allow', async (_, route) => {
    const answer = await system.call(at(route.path), { method: findUntaken(route.path), body: {} });
    expectRefused(answer);
    expect(answer.json.code).toBe('method_not_allowed');
    expect(answer.headers.get('allow')).toContain(route.method);
  });

  it.each(['PROPFIND', 'TRACE', 'LOCK', 'M-SEARCH', 'SOURCE'])('%s is refused in our words', async (method) => {
    const response = await rawRequest(`${method} /v1/apps HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
    expect(response).toMatch(/^HTTP\/1\.1 405 /);
    expect(response).toContain('application/problem+json');
    expect(response).toMatch(/\r\nallow: .*GET/i);
  });

  it.each(['BREW', 'get', 'FOO'])('%s, that HTTP itself does not know, is refused in our words', async (method) => {
    const response = await rawRequest(`${method} /v1/apps HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
    expect(response).toMatch(/^HTTP\/1\.1 405 /);
    expect(response).toMatch(/\r\nallow: GET, /i);
    const problem = z.parse(Problem, JSON.parse(response.split('\r\n\r\n')[1]!));
    expect(problem).toMatchObject({ status: 405, code: 'method_not_allowed' });
    expect(response).toContain(`x-request-id: ${problem.requestId}`);
  });

  it('CONNECT is refused in our words', async () => {
    const response = await rawRequest('CONNECT example.org:443 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
    expect(response).toMatch(/^HTTP\/1\.1 405 /);
    expect(z.parse(Problem, JSON.parse(response.split('\r\n\r\n')[1]!)).code).toBe('method_not_allowed');
  });

  it('HEAD of a stream does not hold the connection', async () => {
    const response = await rawRequest(`HEAD /v1/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${system.server.operatorKey}\r\nConnection: close\r\n\r\n`);
    expect(response).toMatch(/^HTTP\/1\.1 (200|405) /);
  });
});

describe('bytes that are no request', () => {
  it.each([
    ['another protocol', 'SSH-2.0-x\r\n\r\n'], ['an unknown method', 'FOO /v1/apps HTTP/1.1\r\nHost: localhost\r\n\r\n'], ['a header without a colon', 'GET / HTTP/1.1\r\nHost: localhost\r\nbroken\r\n\r\n'],
    ['two lengths', 'POST /v1/apps HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'], ['length and chunks', 'POST /v1/apps HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['endless headers', `GET / HTTP/1.1\r\nHost: localhost\r\nx: ${'a'.repeat(40_000)}\r\n\r\n`], ['no host', 'GET /v1/session HTTP/1.1\r\n\r\n'],
  ])('are refused: %s', async (_, text) => {
    const response = await rawRequest(text);
    expect(response).toMatch(/^HTTP\/1\.1 4\d\d /);
    // Only what was understood as HTTP before it was refused has no words of ours: a request without a host.
    if (text.startsWith('GET /v1/session')) return;
    expect(z.safeParse(Problem, JSON.parse(response.split('\r\n\r\n')[1]!)).success, response).toBe(true);
  });
});

describe('a name in a body', () => {
  it.each<[string, string, string, unknown, string, string]>([
    ['PUT', 'environment', 'a secret that would be readable', { variables: [{ name: 'API_KEY', value: 'x', isSecret: true }] }, '/variables/0/isSecret', 'is not known here: taken are name, value, secret, scope'],
    ['PATCH', '', 'a setting', { settings: { exlusive: true } }, '/settings/exlusive', 'is not known here: taken are exclusive, idleFreezeS, idleStopS, rollbackOn5xx'],
    ['PATCH', 'draft', 'text and digest at once', { put: [{ path: 'main.py', content: '', sha256: '0'.repeat(64) }] }, '/put/0/sha256', 'does not go together with path, content'],
    ['POST', 'deployments', 'a draft and a revision at once', { draftVersion: 1, revision: 'last_good' }, '/revision', 'does not go together with draftVersion'],
    ['PUT', 'draft', 'an older form', { files: [{ path: 'main.py', content: '', mode: 'x' }], __proto: 1 }, '/files/0/mode', 'is not known here: taken are path, content, encoding'],
  ])('that is not known is refused: %s %s, %s', async (method, path, _title, body, place, message) => {
    const answer = await system.call(`/v1/apps/${appId}${path && `/${path}`}`, { method, body, headers: { 'if-match': '"1"' } });
    expect(answer.json).toMatchObject({ status: 400, code: 'invalid_request', detail: `${place}: ${message}` });
    expect(answer.json.issues[0]).toEqual({ path: place, message });
  });

  it('that is not known opens no more than was meant: a token', async () => {
    const answer = await system.call('/v1/embed-tokens', { method: 'POST', body: { subject: 's', scope: ['apps:read'], app: [appId], ttl: 5 } });
    expect(answer.json).toMatchObject({ status: 400, code: 'invalid_request', issues: [{ path: '/scope' }, { path: '/app' }, { path: '/ttl' }] });
  });

  it('is taken in every number that the contract has', async () => {
    const hashes = Array.from({ length: 1_000 }, (_, index) => index.toString(16).padStart(64, '0'));
    expect((await system.call(`/v1/apps/${appId}/draft/need`, { method: 'POST', body: { hashes } })).json.needs).toHaveLength(1_000);
    const grants = Array.from({ length: 500 }, (_, index) => ({ subject: `${index}`.padEnd(200, '\u00e9'), role: 'viewer' }));
    expect((await system.call(`/v1/apps/${appId}/access`, { method: 'PUT', body: { grants } })).status).toBe(200);
  });
});

describe('a parameter', () => {
  const names = ['since', 'Limit', 'limit[]', 'nothing', '__proto__', '\u0000', 'x'.repeat(500)];
  it.each(rows)('that %s does not know is refused, with those that it does', async (_, route) => {
    const known = Object.keys(route.query?.shape ?? {});
    for (const name of names.filter((one) => !known.includes(one))) {
      const answer = await send(route, { ...(route.body ? { body: {} } : {}), headers: { 'if-match': '"999"' }, query: `?${encodeURIComponent(name)}=1&also.this=2` });
      expectRefused(answer);
      expect(answer.json).toMatchObject({ status: 400, code: 'invalid_request' });
      expect(answer.json.issues.map(({ path }: { path: string }) => path)).toEqual([`query.${name.replaceAll('\0', '\uFFFD').slice(0, 40)}`, 'query.also.this']);
      for (const { message } of answer.json.issues) expect(message).toBe(`is no parameter of this address: it takes ${known.length === 0 ? 'none' : known.join(', ')}`);
    }
  });
});

it('was never broken: nothing was logged as an error, and it still answers', async () => {
  expect((await system.call('/v1/session')).status).toBe(200);
  expect(system.logs.filter((line) => line['level'] >= 50).map((line) => `${line['method']} ${line['path']}: ${line['err']?.message}`)).toEqual([]);
});

function rawRequest(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(system.server.url).port), '127.0.0.1', () => void socket.write(text));
    let answer = '';
    socket.setTimeout(5_000, () => socket.destroy(new Error(`no end of the answer within 5 s: ${answer.slice(0, 200)}`)));
    socket.on('data', (chunk: Buffer) => {
      answer += chunk.toString('latin1');
      // Keep-alive connections stay open: a whole head is enough to judge.
      if (answer.includes('\r\n\r\n') && !text.includes('Connection: close')) socket.destroy();
    });
    socket.on('close', () => resolve(answer)).on('error', reject);
  });
}

describe('a body that costs more to read than to send', () => {
  const send = (raw: string | Uint8Array<ArrayBuffer>, call: Call = {}): Promise<Answer> => system.call('/v1/apps', { method: 'POST', raw, ...call, headers: { ...json, ...call.headers } });

  it('is not read for a stranger, nor for a key that may not do what the route does', async () => {
    const viewer = (await system.call('/v1/api-keys', { method: 'POST', body: { title: 'Reads', role: 'viewer' } })).json.key;
    expect((await send('no JSON', { token: '' })).json.code).toBe('unauthorized');
    expect((await send('no JSON', { token: viewer })).json.code).toBe('forbidden');
  });

  it('is not unpacked', async () => {
    expect((await send(gzipSync('{"title":"x"}'), { headers: { 'content-encoding': 'gzip' } })).json.code).toBe('unsupported_media_type');
  });

  it.each([
    ['deep', `{"title":"x","files":${deep(101)}}`, 'levels'],
    ['deep behind a string that seems not to end', `{"title":"\\"\\\\","files":${deep(101)}}`, 'levels'],
    ['wide', `{"title":"x","files":[${'{},'.repeat(100_000)}{}]}`, 'values'],
  ])('is not parsed when it is %s', async (_title, raw, word) => {
    const answer = await send(raw);
    expectRefused(answer);
    expect(answer.json.detail).toContain(word);
  });

  it('is taken with every bracket that a text may hold', async () => {
    const content = `"\\"${'[{,'.repeat(100_000)}\\`;
    const made = await system.call('/v1/apps', { method: 'POST', body: { title: 'Brackets', files: [{ path: 'main.py', content }] } });
    expect((await system.call(`/v1/apps/${made.json.id}/draft`)).json.files[0].content).toBe(content);
  });
});
