import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { until } from '../../server/test/parts/system.ts';
import { caught, client, spin, stage } from './on-stage.ts';
import { begin, log, read, ready, say } from './reader.ts';
import { refuse } from './serve.ts';

afterEach(() => vi.useRealTimers());

describe('a stream that is cut', () => {
  it('is resumed after the last event that was seen, and what comes twice is shown once', async () => {
    const { url, requests } = await stage((response, _, nth) => {
      begin(response);
      if (nth === 1) say(response, ready(4), log(5), log(6));
      if (nth === 1) return void setImmediate(() => response.destroy());
      say(response, ready(6), log(6), log(7));
    });
    const reader = read(client({ baseUrl: url }), { since: '4', apps: ['app_1'] });
    await until(() => reader.seen.at(-1), (last) => last === 'log 7');
    reader.leave.abort();
    expect(reader.seen).toEqual(['ready 4', 'log 5', 'log 6', 'ready 6', 'log 7']);
    expect(requests.map((request) => [request.url, request.headers['last-event-id']])).toEqual([['/v1/events?apps=app_1&since=4', undefined], ['/v1/events?apps=app_1', '6']]);
    expect(reader.states).toEqual(['live', 'reconnecting', 'live']);
  });

  it('is resumed after it said ready and nothing else', async () => {
    const { url, requests } = await stage((response, _, nth) => {
      begin(response);
      say(response, ready(9));
      if (nth === 1) setImmediate(() => response.end());
    });
    const reader = read(client({ baseUrl: url }));
    await until(() => requests.length, (length) => length === 2);
    reader.leave.abort();
    expect(requests[1]!.headers['last-event-id']).toBe('9');
  });

  it('in the middle of an event shows it once, whole', async () => {
    const text = 'à la carte 🥐';
    const { url } = await stage((response, _, nth) => {
      begin(response);
      if (nth > 1) return say(response, ready(1), log(2, text));
      say(response, ready(1));
      const bytes = Buffer.from(`id: 2\ndata: ${JSON.stringify(log(2, text))}\n\n`);
      response.write(bytes.subarray(0, bytes.indexOf('🥐') + 2));
      setImmediate(() => response.destroy());
    });
    const reader = read(client({ baseUrl: url }));
    await until(() => reader.seen.at(-1), (last) => last === 'log 2');
    reader.leave.abort();
    expect(reader.events.filter(({ type }) => type === 'log')).toMatchObject([{ lines: [{ text }] }]);
  });

  it('says reset when the past is gone, and takes lower ids after it', async () => {
    const { url } = await stage((response, _, nth) => {
      begin(response);
      if (nth === 1) say(response, ready(90), log(91));
      if (nth === 1) return void setImmediate(() => response.destroy());
      say(response, { type: 'reset', id: '3' }, ready(3), log(4));
    });
    const reader = read(client({ baseUrl: url }));
    await until(() => reader.seen.at(-1), (last) => last === 'log 4');
    reader.leave.abort();
    expect(reader.seen).toEqual(['ready 90', 'log 91', 'reset 3', 'ready 3', 'log 4']);
  });
});

describe('a stream', () => {
  it('carries letters that come in two pieces, and events that come in one', async () => {
    const { url } = await stage((response) => {
      begin(response);
      const bytes = Buffer.from(`data: ${JSON.stringify(ready(1))}\n\nid: 2\ndata: ${JSON.stringify(log(2, 'é🥐'))}\n\nid: 3\ndata: ${JSON.stringify(log(3))}\n\n`);
      const middle = bytes.indexOf('🥐') + 2;
      response.write(bytes.subarray(0, middle), () => setTimeout(() => response.write(bytes.subarray(middle)), 20));
    });
    const reader = read(client({ baseUrl: url }));
    await until(() => reader.seen.length, (length) => length === 3);
    reader.leave.abort();
    expect(reader.events[1]).toMatchObject({ lines: [{ text: 'é🥐' }] });
  });

  it('leaves out what it does not know: events of a newer server, rubbish, comments', async () => {
    const { url } = await stage((response) => {
      begin(response);
      say(response, ready(1), { type: 'party', id: '2' }, { ...log(3), lines: 'none' });
      response.write(': heartbeat\n\ndata: {"type":\n\n');
      say(response, log(4));
    });
    const reader = read(client({ baseUrl: url }));
    await until(() => reader.seen.at(-1), (last) => last === 'log 4');
    reader.leave.abort();
    expect(reader.seen).toEqual(['ready 1', 'log 4']);
  });

  it('tells nobody to read again while the server is away', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const asked: string[] = [];
    const fetch: typeof globalThis.fetch = (input) => {
      asked.push(new URL(input instanceof Request ? input.url : String(input)).pathname);
      return Promise.reject(new TypeError('fetch failed'));
    };
    const reader = read(client({ baseUrl: 'http://fapi.example', fetch }));
    await vi.advanceTimersByTimeAsync(120_000);
    expect(reader.events).toEqual([]);
    expect(reader.states).toEqual(['reconnecting']);
    expect(asked.filter((path) => path === '/v1/events').length).toBeGreaterThan(8);
    expect(asked.filter((path) => path === '/v1/health/live').length).toBeGreaterThan(20);
    reader.leave.abort();
    expect(await reader.ended).toMatchObject({ name: 'AbortError' });
  });

  it('that falls silent is opened anew; a heartbeat is no silence', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    let first: ServerResponse | undefined;
    let isFirstGone = false;
    const { url, requests } = await stage((response) => {
      first ??= response.on('close', () => (isFirstGone = true));
      begin(response);
      say(response, ready(1));
    });
    const reader = read(client({ baseUrl: url }));
    await spin(() => reader.seen.length === 1);
    await vi.advanceTimersByTimeAsync(40_000);
    first!.write(': heartbeat\n\n');
    // The event tells that the heartbeat before it has been read.
    say(first!, log(2));
    await spin(() => reader.seen.length === 2);
    await vi.advanceTimersByTimeAsync(40_000);
    expect(isFirstGone).toBe(false);
    await vi.advanceTimersByTimeAsync(10_000);
    await spin(() => isFirstGone);
    await vi.advanceTimersByTimeAsync(1_000);
    await spin(() => requests.length === 2);
    expect(requests[1]!.headers['last-event-id']).toBe('2');
    reader.leave.abort();
    await reader.ended;
  });

  it.each([['its signal', 'AbortError'], ['the close of the client', undefined]])('ends by %s, and the server sees it go', async (by, name) => {
    let isGone = false;
    const { url, requests } = await stage((response) => {
      response.on('close', () => (isGone = true));
      begin(response);
      say(response, ready(1));
    });
    const fapi = client({ baseUrl: url });
    const reader = read(fapi);
    await until(() => reader.seen.length, (length) => length === 1);
    if (by === 'its signal') reader.leave.abort();
    else fapi.close();
    expect((await reader.ended as Error | undefined)?.name).toBe(name);
    await until(() => isGone, (is) => is);
    expect(requests).toHaveLength(1);
  });

  it('ends by break, and the server sees it go', async () => {
    let isGone = false;
    const { url } = await stage((response) => {
      response.on('close', () => (isGone = true));
      begin(response);
      say(response, ready(1));
    });
    for await (const event of client({ baseUrl: url }).events.stream()) if (event.type === 'ready') break;
    await until(() => isGone, (is) => is);
  });

  it('ends by its signal while it waits to connect again', async () => {
    const { url, close } = await stage(() => undefined);
    await close();
    const reader = read(client({ baseUrl: url }));
    await until(() => reader.states, (states) => states.includes('reconnecting'));
    reader.leave.abort();
    expect(await reader.ended).toMatchObject({ name: 'AbortError' });
  });

  it.each(['forbidden', 'app_not_found', 'origin_not_allowed', 'invalid_request'] as const)('that is refused with %s ends with it', async (code) => {
    const { url, requests } = await stage((response) => refuse(response, code));
    expect(await caught(client({ baseUrl: url }).events.stream()[Symbol.asyncIterator]().next())).toMatchObject({ name: 'ApiError', code });
    expect(requests).toHaveLength(1);
  });

  it.each(['not_ready', 'internal', 'rate_limited'] as const)('that is answered %s is tried again', async (code) => {
    const { url } = await stage((response, _, nth) => {
      if (nth === 1) return refuse(response, code);
      begin(response);
      say(response, ready(1));
    });
    const reader = read(client({ baseUrl: url }));
    await until(() => reader.seen, (seen) => seen.length === 1);
    reader.leave.abort();
    expect(reader.states).toEqual(['reconnecting', 'live']);
  });
});

describe('who reads a stream', () => {
  it('reads one of their own each: two over the same take nothing from each other, and one leaves alone', async () => {
    const open = new Set<ServerResponse>();
    const { url, requests } = await stage((response) => {
      open.add(response.on('close', () => open.delete(response)));
      begin(response);
      say(response, ready(1), log(2));
    });
    const events = client({ baseUrl: url }).events.stream();
    expect(requests).toHaveLength(0);
    const stay: string[] = [];
    const leaving = (async () => {
      for await (const { type } of events) if (type === 'log') break;
    })();
    const staying = (async () => {
      for await (const { type } of events) if (stay.push(type) === 3) break;
    })();
    await leaving;
    await until(() => [open.size, stay.length], ([size, length]) => size === 1 && length === 2);
    say([...open][0]!, log(3));
    await staying;
    await until(() => open.size, (size) => size === 0);
    expect([stay, requests.length]).toEqual([['ready', 'log', 'log'], 2]);
  });

  it('is gone at once when they leave in the middle of a wait', async () => {
    let isGone = false;
    const { url } = await stage((response) => {
      response.on('close', () => (isGone = true));
      begin(response);
      say(response, ready(1));
    });
    const reader = client({ baseUrl: url }).events.stream()[Symbol.asyncIterator]();
    await reader.next();
    const next = reader.next();
    await reader.return!();
    expect([(await next).done, (await reader.next()).done]).toEqual([true, true]);
    await until(() => isGone, (is) => is);
  });

  it('waits as long as the server asks when it sends them away, and half a minute at most', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { url, requests } = await stage((response, { url: path }, nth) => {
      if (!path.startsWith('/v1/events')) return void response.destroy();
      if (nth < 3) return refuse(response, 'rate_limited', { headers: { 'retry-after': nth === 1 ? '20' : '3600' } });
      begin(response);
      say(response, ready(1));
    });
    const reader = read(client({ baseUrl: url }));
    const step = async (ms: number): Promise<void> => {
      for (let passed = 0; passed < ms; passed += 100) {
        await vi.advanceTimersByTimeAsync(100);
        await new Promise((resolve) => setImmediate(resolve));
      }
    };
    await spin(() => requests.length === 1);
    await step(18_000);
    expect(requests).toHaveLength(1);
    await step(12_000);
    await spin(() => requests.length === 2);
    await step(45_000);
    await spin(() => reader.seen.length === 1);
    reader.leave.abort();
  });
});
