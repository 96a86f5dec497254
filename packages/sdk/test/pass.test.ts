import { createWorkspace } from '@fapi/sdk/workspace';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { startSystem, until } from '../../server/test/parts/system.ts';
import { makeApp, makeDraft } from './made.ts';
import { caught, client, spin, stage } from './on-stage.ts';
import { begin, ready, say } from './reader.ts';
import { answer, type Play, refuse } from './serve.ts';

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const page = 'https://portal.example';
const listed = { 'access-control-allow-origin': page };
const { fetch: plainFetch } = globalThis;
/** What a browser lets a page see: an answer of another origin that names it, or, without asking to read it, that there is one. */
function openPage(url: string, origin = page, retryLimit = 2) {
  const sent: string[] = [];
  const browser: typeof fetch = async (input, init) => {
    const request = new Request(input, { ...init, mode: 'cors' });
    // A page of a test that has ended may still ask its own server.
    if (request.url.startsWith(url)) sent.push(new URL(request.url).pathname);
    if (init?.mode === 'no-cors') return plainFetch(request);
    request.headers.set('origin', origin);
    const response = await plainFetch(request);
    if (origin === url || ['*', origin].includes(response.headers.get('access-control-allow-origin') ?? '')) return response;
    throw new TypeError('Failed to fetch');
  };
  for (const [name, value] of Object.entries({ document: {}, location: { origin }, fetch: browser })) vi.stubGlobal(name, value);
  return { sent, fapi: client({ baseUrl: url, retryLimit }) };
}
const refused = { name: 'ApiError', code: 'origin_not_allowed', detail: page };
const isLook = (path: string): boolean => path === '/v1/health/live';
const unlisted: Play = (response, { url }) => refuse(response, 'origin_not_allowed', isLook(url) ? { headers: { 'access-control-allow-origin': '*' } } : {});
/** A server of one app, where the page is listed. */
const serving: Play = (response, { url }) => {
  if (url.startsWith('/v1/events')) {
    response.setHeader('access-control-allow-origin', page);
    begin(response);
    return say(response, ready(1));
  }
  if (/^\/v1\/apps\/[^/]+$/.test(url)) return answer(response, 200, makeApp(), listed);
  if (url.endsWith('/draft')) return answer(response, 200, makeDraft(), listed);
  return isLook(url) ? answer(response, 200, { status: 'live' }, listed) : refuse(response, 'forbidden', { headers: listed });
};

describe('a page whose origin is on no list', () => {
  it('is told so by the server, and answered once it is listed', async () => {
    const system = await startSystem();
    onTestFinished(() => system.stop());
    const { fapi } = openPage(system.server.url);
    expect(await caught(fapi.apps.read('none'))).toMatchObject(refused);
    const answered = await plainFetch(`${system.server.url}/v1/workspaces/listed`, { method: 'PUT', headers: { authorization: `Bearer ${system.server.operatorKey}`, 'content-type': 'application/json' }, body: JSON.stringify({ title: 'Listed', origins: [page] }) });
    expect(answered.ok).toBe(true);
    // Another client: who was refused asks nothing for a moment.
    expect(await caught(openPage(system.server.url).fapi.apps.read('none'))).toMatchObject({ code: 'unauthorized' });
  });

  it('is told so after one look for all of its calls, and asks nothing for a moment', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const { url } = await stage(unlisted);
    const { fapi, sent } = openPage(url);
    expect(await Promise.all(['app_1', 'app_2'].map((id) => caught(fapi.apps.read(id))))).toMatchObject([refused, refused]);
    expect(sent.toSorted()).toEqual(['/v1/apps/app_1', '/v1/apps/app_2', '/v1/health/live']);
    expect(await caught(fapi.apps.read('app_1'))).toMatchObject(refused);
    expect(sent).toHaveLength(3);
    vi.advanceTimersByTime(3_000);
    expect(await caught(fapi.apps.read('app_1'))).toMatchObject(refused);
    expect(sent).toHaveLength(5);
  });

  it('is held up by no look that takes long, and asks nothing for a moment after it', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const [arrived, going] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const { url } = await stage(async (response, request, nth) => {
      if (request.url === '/v1/apps/app_2') return serving(response, request, nth);
      if (isLook(request.url)) {
        arrived.resolve();
        await going.promise;
      }
      return unlisted(response, request, nth);
    });
    const { fapi, sent } = openPage(url);
    const first = caught(fapi.apps.read('app_1'));
    await arrived.promise;
    expect(await fapi.apps.read('app_2')).toMatchObject({ id: 'app_1' });
    vi.advanceTimersByTime(4_000);
    going.resolve();
    expect(await first).toMatchObject(refused);
    expect(await caught(fapi.apps.read('app_3'))).toMatchObject(refused);
    expect(sent).toEqual(['/v1/apps/app_1', '/v1/health/live', '/v1/apps/app_2']);
  });

  it.each([['once a minute', false], ['sooner where somebody has tried an app again', true]])('asks again by itself %s', async (_, isTried) => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    let isListed = false;
    const { url } = await stage((...of) => (isListed ? serving : unlisted)(...of));
    const { fapi, sent } = openPage(url);
    const { store, release } = createWorkspace(fapi, { journal: false }).acquire('app_1');
    await spin(() => store.snapshot.load === 'failed' && store.snapshot.connection === 'reconnecting');
    expect(store.snapshot.error).toMatchObject(refused);
    const before = sent.length;
    await vi.advanceTimersByTimeAsync(40_000);
    expect(sent).toHaveLength(before);
    isListed = true;
    if (isTried) {
      void store.reload();
      await spin(() => store.snapshot.load === 'ready');
    }
    await vi.advanceTimersByTimeAsync(isTried ? 5_000 : 20_000);
    await spin(() => store.snapshot.load === 'ready' && store.snapshot.connection === 'live');
    release();
  });
});

/** What looks like a refusal to who reads nothing: there is a server, and none of its answers may be read. */
const outages: readonly [string, Play][] = [
  ['a proxy that answers while the server starts', (response) => answer(response, 502)],
  ['a server whose database is away', (response, { url, headers }) => (isLook(url) && !headers.origin ? answer(response, 200, { status: 'live' }) : refuse(response, 'not_ready'))],
  ['a wall that every page may read', (response, { url }) => answer(response, 403, { code: 'blocked' }, isLook(url) ? { 'access-control-allow-origin': '*' } : {})],
  ['a page of something else that every page may read', (response, { url }) => void response.writeHead(403, isLook(url) ? { 'access-control-allow-origin': '*' } : {}).end('<h1>No</h1>')],
];

describe('what is no refusal stays what it was', () => {
  it.each(outages)('%s: a call is sent again, and answered', async (_, outage) => {
    const { url } = await stage((response, request, nth) => (nth <= 3 ? outage : serving)(response, request, nth));
    const { fapi, sent } = openPage(url);
    expect(await fapi.apps.read('app_1')).toMatchObject({ id: 'app_1' });
    expect(sent).toEqual(['/v1/apps/app_1', '/v1/health/live', '/v1/apps/app_1', '/v1/apps/app_1']);
  });

  it.each(outages)('%s: a page that is opened meanwhile is live after it', async (_, outage) => {
    let isAway = true;
    const { url } = await stage((...of) => (isAway ? outage : serving)(...of));
    const { store, release } = createWorkspace(openPage(url, page, 0).fapi, { journal: false }).acquire('app_1');
    onTestFinished(release);
    await until(() => store.snapshot, ({ load, error }) => load === 'failed' && (error as Error).name === 'ConnectionError');
    isAway = false;
    await until(() => store.snapshot, ({ load, connection }) => load === 'ready' && connection === 'live', 15_000);
    expect(store.snapshot.error).toBeUndefined();
  });

  it('on a page of the server, and where an answer could be read: nothing more is asked', async () => {
    const { url } = await stage((response) => void response.socket!.destroy());
    const own = openPage(url, url, 0);
    expect(await caught(own.fapi.apps.read('app_1'))).toMatchObject({ name: 'ConnectionError' });
    expect(own.sent).toEqual(['/v1/apps/app_1']);
    const readable = { ...listed, 'access-control-expose-headers': 'fapi-version', 'fapi-version': '0.1.0' };
    const other = await stage((response, _, nth) => (nth === 1 ? answer(response, 200, makeApp(), readable) : refuse(response, 'origin_not_allowed')));
    const heard = openPage(other.url, page, 0);
    await heard.fapi.apps.read('app_1');
    expect(await caught(heard.fapi.apps.read('app_1'))).toMatchObject({ name: 'ConnectionError' });
    expect(heard.sent).toEqual(['/v1/apps/app_1', '/v1/apps/app_1']);
  });
});
