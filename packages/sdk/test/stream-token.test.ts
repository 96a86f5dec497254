import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { until } from '../../server/test/parts/system.ts';
import { caught, client, stage } from './on-stage.ts';
import { begin, log, read, ready, say } from './reader.ts';
import { refuse } from './serve.ts';

afterEach(() => vi.useRealTimers());

describe('a stream whose token ends', () => {
  const minting = (): { reasons: string[]; fetchToken: any } => {
    const reasons: string[] = [];
    return { reasons, fetchToken: async ({ reason }: { reason: string }) => ({ token: `token-${reasons.push(reason)}`, expiresInSeconds: 600 }) };
  };

  it('in its middle goes on with a new one, after the last event', async () => {
    const { url, requests } = await stage((response, { headers }, nth) => {
      if (nth === 2) return refuse(response, 'token_expired');
      begin(response);
      if (nth === 1) say(response, ready(1), log(2), { type: 'expiring', inMs: 1 });
      if (nth === 1) return void response.end();
      say(response, ready(2), log(3, headers.authorization!));
    });
    const { fetchToken, reasons } = minting();
    const reader = read(client({ baseUrl: url, fetchToken }));
    await until(() => reader.seen.at(-1), (last) => last === 'log 3');
    reader.leave.abort();
    expect(reader.seen).toEqual(['ready 1', 'log 2', 'expiring', 'ready 2', 'log 3']);
    expect(requests.map(({ headers }) => headers.authorization)).toEqual(['Bearer token-1', 'Bearer token-2', 'Bearer token-3']);
    expect(reasons).toEqual(['initial', 'rejected', 'rejected']);
  });

  it('is opened anew as soon as there is a new one, while the old one still serves, and nobody is told of a break', async () => {
    const open: ServerResponse[] = [];
    const { url, requests } = await stage((response, _, nth) => {
      open.push(response);
      begin(response);
      if (nth === 1) say(response, ready(1), log(2), { type: 'expiring', inMs: 9_000 });
      else say(response, ready(2), log(2), log(3));
    });
    const reader = read(client({ baseUrl: url, ...minting() }));
    await until(() => reader.seen.at(-1), (last) => last === 'log 3');
    await until(() => open[0]!.destroyed, (is) => is);
    reader.leave.abort();
    expect(reader.seen).toEqual(['ready 1', 'log 2', 'expiring', 'ready 2', 'log 3']);
    expect(reader.states).toEqual(['live']);
    expect(requests.map(({ headers }) => [headers.authorization, headers['last-event-id']])).toEqual([['Bearer token-1', undefined], ['Bearer token-2', '2']]);
  });

  it('serves to its end when no new one comes', async () => {
    let first: ServerResponse | undefined;
    const { url } = await stage((response) => {
      first = response;
      begin(response);
      say(response, ready(1), { type: 'expiring', inMs: 9_000 });
    });
    let asked = 0;
    const reader = read(client({ baseUrl: url, fetchToken: async () => {
      if ((asked += 1) > 1) throw new Error('the portal is down');
      return { token: 'token-1', expiresInSeconds: 600 };
    } }));
    await until(() => asked, (times) => times === 2);
    say(first!, log(2));
    await until(() => reader.seen.at(-1), (last) => last === 'log 2');
    reader.leave.abort();
    expect(reader.states).toEqual(['live']);
  });

  it('outlives a portal that cannot be reached, however long', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    let isOffline = true;
    let asked = 0;
    let isOpen = false;
    const { url } = await stage((response, { headers }) => {
      // The stream looks by an ordinary call whether the server is there: not what is tried here.
      if (headers.accept !== 'text/event-stream') return void response.socket!.destroy();
      isOpen = true;
      response.on('close', () => (isOpen = false));
      begin(response);
      say(response, ready(1));
    });
    const reader = read(client({ baseUrl: url, fetchToken: async () => {
      asked += 1;
      if (isOffline) throw new TypeError('Failed to fetch');
      return { token: 'token', expiresInSeconds: 600 };
    } }));
    await vi.advanceTimersByTimeAsync(600_000);
    expect([asked > 9, reader.states]).toEqual([true, ['reconnecting']]);
    isOffline = false;
    // The clock goes on until the server is asked again; its answer takes real time, as long as it takes.
    while (reader.seen.length === 0) {
      if (!isOpen) await vi.advanceTimersByTimeAsync(100);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(reader.seen).toEqual(['ready 1']);
    reader.leave.abort();
  });

  it('and whose new one is refused too ends with the error', async () => {
    const { url, requests } = await stage((response) => refuse(response, 'unauthorized'));
    expect(await caught(client({ baseUrl: url, ...minting() }).events.stream()[Symbol.asyncIterator]().next())).toMatchObject({ code: 'unauthorized' });
    expect(requests).toHaveLength(2);
  });

  it('and that uses a key ends at the first refusal', async () => {
    const { url, requests } = await stage((response) => refuse(response, 'unauthorized'));
    expect(await caught(client({ baseUrl: url, apiKey: 'key' }).events.stream()[Symbol.asyncIterator]().next())).toMatchObject({ code: 'unauthorized' });
    expect(requests).toHaveLength(1);
  });

  it('survives a portal that fails now and then, and ends with a TokenError when it goes on failing', async () => {
    const { url } = await stage((response) => {
      begin(response);
      say(response, ready(1));
      response.end();
    });
    let asked = 0;
    let isDown = false;
    const fapi = client({ baseUrl: url, fetchToken: async () => {
      if ((asked += 1) === 1 || isDown) throw new Error('the portal is down');
      // So short that each connection needs a new one.
      return { token: 'token', expiresInSeconds: 0.001 };
    } });
    const reader = read(fapi);
    await until(() => reader.seen.length, (length) => length > 0);
    isDown = true;
    expect(await reader.ended).toMatchObject({ name: 'TokenError' });
  });

  it('by sign-out ends with a TokenError', async () => {
    const { url } = await stage((response) => {
      begin(response);
      say(response, ready(1));
      setImmediate(() => response.end());
    });
    const fapi = client({ baseUrl: url, fetchToken: async () => ({ token: 'token', expiresInSeconds: 600 }) });
    const reader = read(fapi);
    await until(() => reader.seen.length, (length) => length > 0);
    fapi.auth.signOut();
    expect(await reader.ended).toMatchObject({ name: 'TokenError' });
  });
});
