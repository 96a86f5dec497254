import { createWorkspace } from '@fapi/sdk/workspace';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createPass } from '../src/pass.ts';
import { makeApp, makeDraft } from './made.ts';
import { caught, client, spin, stage } from './on-stage.ts';
import { begin, ready, say } from './reader.ts';
import { answer, refuse } from './serve.ts';

afterEach(() => vi.useRealTimers());

const page = 'https://portal.example';
/** What a browser lets a page see: an answer of another origin that names it, or, without asking to read it, that there is one. */
const browser: typeof fetch = async (input, init) => {
  const response = await fetch(input, { ...init, mode: 'cors' });
  if (init?.mode === 'no-cors' || response.headers.get('access-control-allow-origin') === page) return response;
  throw new TypeError('Failed to fetch');
};
const passTo = (baseUrl: string, more: Partial<Parameters<typeof createPass>[0]> = {}) => createPass({ baseUrl, origin: page, fetch: browser, handshake: { serverVersion: undefined }, ...more });
const send = (url: string) => () => browser(`${url}/v1/apps`);

describe('a page whose origin is on no list', () => {
  it('is told so, after one look for all of its calls, and asks nothing for a moment', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const { url, requests } = await stage((response) => answer(response, 403));
    const pass = passTo(url);
    const refused = { name: 'ApiError', code: 'origin_not_allowed', detail: page };
    expect(await Promise.all([caught(pass(send(url))), caught(pass(send(url)))])).toMatchObject([refused, refused]);
    expect(requests.map((request) => request.url).toSorted()).toEqual(['/v1/apps', '/v1/apps', '/v1/health/live', '/v1/health/live']);
    expect(await caught(pass(send(url)))).toMatchObject(refused);
    expect(requests).toHaveLength(4);
    vi.advanceTimersByTime(3_000);
    expect(await caught(pass(send(url)))).toMatchObject(refused);
    expect(requests.length).toBeGreaterThan(4);
  });

  it('asks again by itself only once somebody has tried an app again', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    let isListed = false;
    const { url, requests } = await stage((response, { url: path }) => {
      if (!isListed) return refuse(response, 'origin_not_allowed');
      if (path.startsWith('/v1/events')) {
        begin(response);
        return say(response, ready(1));
      }
      if (path === '/v1/apps/app_1') return answer(response, 200, makeApp());
      return path.endsWith('/draft') ? answer(response, 200, makeDraft()) : refuse(response, 'forbidden');
    });
    const { store, release } = createWorkspace(client({ baseUrl: url }), { journal: false }).acquire('app_1');
    await spin(() => store.snapshot.load === 'failed' && store.snapshot.connection === 'reconnecting');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(requests.map(({ url: path }) => path.split('?')[0]).toSorted()).toEqual(['/v1/apps/app_1', '/v1/apps/app_1/draft', '/v1/events']);
    isListed = true;
    void store.reload();
    await spin(() => store.snapshot.load === 'ready');
    await vi.advanceTimersByTimeAsync(5_000);
    await spin(() => store.snapshot.connection === 'live');
    release();
  });
});

describe('what is no refusal stays what it was', () => {
  it.each<[string, Parameters<typeof passTo>[1]]>([['on a page of the server', { origin: undefined }], ['once an answer could be read', { handshake: { serverVersion: '0.1.0' } }]])('%s: nothing more is asked', async (_, more) => {
    const { url, requests } = await stage((response) => answer(response, 403));
    expect(await caught(passTo(url, more)(send(url)))).toBeInstanceOf(TypeError);
    expect(requests).toHaveLength(1);
  });

  it('of a server that is away, or was for a moment', async () => {
    const { url, requests, close } = await stage((response, _, nth) => (nth === 1 ? answer(response, 502) : answer(response, 200, {}, { 'access-control-allow-origin': page })));
    expect(await caught(passTo(url)(send(url)))).toBeInstanceOf(TypeError);
    expect(requests).toHaveLength(3);
    await close();
    expect(await caught(passTo(url)(send(url)))).toBeInstanceOf(TypeError);
  });
});
