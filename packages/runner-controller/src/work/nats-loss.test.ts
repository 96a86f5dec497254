import { connect, StringCodec } from 'nats';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type NatsServer, startNats } from '../../../../tools/parts/nats.ts';
import { freePort } from '../../../../tools/parts/port.ts';
import { follow } from '../test-parts/follow.ts';
import { makeLog, makeSpec } from '../test-parts/messages.ts';
import { until } from '../test-parts/until.ts';
import type { LastWord, WorkBus } from './bus.ts';
import type { Call, CallAnswer, RunnerSpec } from './messages.ts';
import { connectNatsBus } from './nats.ts';
import type { Session, SessionEnd } from './sessions/port.ts';

const ping: Call = { schema: 1, kind: 'ping' };
const pong: CallAnswer = { schema: 1, kind: 'ping', runtime: { kind: 'process', isolation: { level: 1, layers: [] }, python: '3.11.0', stack: {} } };
const told = (words: readonly LastWord<RunnerSpec>[]): string[] => words.map((word) => word.kind === 'message' ? `${word.value.appId}@${word.value.generation}` : word.kind);

describe('a NATS server that is lost', () => {
  let nats: NatsServer;
  let server: WorkBus;
  let controller: WorkBus;
  beforeEach(async () => {
    nats = await startNats();
    [server, controller] = await Promise.all([connectNatsBus({ url: nats.url }), connectNatsBus({ url: nats.url })]);
  });
  afterEach(async () => {
    await Promise.all([server.close(), controller.close()]);
    await nats.stop();
  });
  /** Publishes as the relay does: again until the bus has it. */
  const publishForSure = (bus: WorkBus, spec: RunnerSpec): Promise<unknown> => until(() => bus.specs.publish(spec).catch(() => undefined), (outcome) => outcome !== undefined, 15_000);

  it('keeps every word over kill -9, and a watcher goes on by itself', async () => {
    const watching = follow((signal) => controller.specs.watch(signal));
    await server.specs.publish(makeSpec('kept', 1));
    await server.specs.markComplete();
    await until(() => told(watching.seen).includes('caught_up'));
    let generation = 0;
    for (let kill = 0; kill < 3; kill++) {
      const least = (generation += 20);
      const writing = (async () => {
        for (let next = least - 19; next <= least; next++) await publishForSure(server, makeSpec('busy', next));
      })();
      await until(() => told(watching.seen).some((word) => word.startsWith('busy@')));
      await nats.kill();
      await until(() => server.problem() !== undefined && controller.problem() !== undefined);
      await nats.restart();
      await writing;
      await until(() => told(watching.seen).includes(`busy@${least}`), Boolean, 15_000);
    }
    const busy = watching.seen.flatMap((word) => word.kind === 'message' && word.value.appId === 'busy' ? [word.value.generation] : []);
    expect(busy).toEqual(busy.toSorted((a, b) => a - b));
    const late = follow((signal) => server.specs.watch(signal));
    await until(() => told(late.seen).includes('caught_up'));
    expect(told(late.seen).toSorted()).toEqual(['busy@60', 'caught_up', 'kept@1']);
    await Promise.all([late.stop(), watching.stop()]);
  }, 60_000);

  it('says what is wrong while it is away, refuses at once, and buffers nothing', async () => {
    const viewer = follow((signal) => controller.streams.subscribe({ signal }));
    await until(() => {
      server.streams.publish(makeLog('a', 1));
      return viewer.seen.length > 0;
    });
    await nats.kill();
    expect(await until(() => server.problem(), Boolean)).toMatch(/^the NATS server at nats:\/\/127\.0\.0\.1:\d+ cannot be reached; trying again$/);
    await expect(server.specs.publish(makeSpec('a', 1))).rejects.toThrow('cannot be reached');
    await expect(server.specs.markComplete()).rejects.toThrow('cannot be reached');
    await expect(server.calls.request(ping, { timeoutMs: 60_000 })).rejects.toThrow('cannot be reached');
    const dropped = server.streams.dropped();
    for (let seq = 100; seq < 200; seq++) server.streams.publish(makeLog('a', seq));
    expect(server.streams.dropped() - dropped).toBe(100);
    await nats.restart();
    await until(() => server.problem() === undefined && controller.problem() === undefined);
    await until(() => {
      server.streams.publish(makeLog('a', 200));
      return viewer.seen.some((item) => item.kind === 'log' && item.value.lines[0]!.seq === 200);
    });
    expect(viewer.seen.filter((item) => item.kind === 'log' && item.value.lines[0]!.seq >= 100 && item.value.lines[0]!.seq < 200)).toEqual([]);
    await viewer.stop();
  }, 30_000);

  it('ends a call that was in flight at once, and goes on answering afterwards', async () => {
    const stop = new AbortController();
    let asked = 0;
    const serving = controller.calls.serve((call) => call.kind === 'ping' ? Promise.resolve(pong) : new Promise(() => void asked++), stop.signal);
    await until(() => server.calls.request(ping, { timeoutMs: 1_000 }).then(() => true, () => false));
    const call = server.calls.request({ schema: 1, kind: 'validate', appId: 'a', host: 'a', envVersion: 0, revision: '', bundleSha256: '' }, { timeoutMs: 60_000 }).catch((error: Error) => error.name);
    await until(() => asked > 0);
    await nats.kill();
    expect(await call).toBe('NobodyServesError');
    await nats.restart();
    expect(await until(() => server.calls.request(ping, { timeoutMs: 1_000 }).catch(() => undefined), Boolean, 15_000)).toEqual(pong);
    stop.abort();
    await serving;
  }, 30_000);

  it('is rebuilt from a republish when its store is gone, and says caught up only after every row', async () => {
    const rows = ['a', 'b', 'c', 'd'].map((appId, at) => makeSpec(appId, at + 5));
    const republish = async (): Promise<void> => {
      for (const row of rows) await publishForSure(server, row);
      await until(() => server.specs.markComplete().then(() => true, () => false));
    };
    await republish();
    const watching = follow((signal) => controller.specs.watch(signal));
    await until(() => told(watching.seen).includes('caught_up'));
    const before = watching.seen.length;
    let isStale = false;
    server.onStale(() => (isStale = true));
    await nats.wipe();
    await until(() => isStale, Boolean, 15_000);

    const late = await connectNatsBus({ url: nats.url });
    const fresh = follow((signal) => late.specs.watch(signal));
    // A stalled writer of long ago finds the store empty and puts an old word first.
    await publishForSure(late, makeSpec('a', 1));
    await until(() => told(fresh.seen).includes('a@1'));
    expect(told(fresh.seen)).toEqual(['a@1']);
    await republish();
    await until(() => told(fresh.seen).includes('caught_up'), Boolean, 15_000);
    expect(told(fresh.seen).slice(0, told(fresh.seen).indexOf('caught_up'))).toEqual(expect.arrayContaining(['a@5', 'b@6', 'c@7', 'd@8']));

    await until(() => told(watching.seen.slice(before)).includes('caught_up'), Boolean, 15_000);
    const again = told(watching.seen.slice(before));
    expect(again.slice(0, again.indexOf('caught_up')).toSorted()).toEqual(expect.arrayContaining(['a@5', 'b@6', 'c@7', 'd@8']));
    expect(again, 'a watcher never goes back').not.toContain('a@1');
    await Promise.all([watching.stop(), fresh.stop()]);
    await late.close();
  }, 60_000);

  it('takes a mark that was meant for a stream that is gone for no mark at all', async () => {
    await server.specs.publish(makeSpec('a', 1));
    await server.specs.markComplete();
    const stranger = await connect({ servers: nats.url, reconnectTimeWait: 100, maxReconnectAttempts: -1 });
    const marks: string[] = [];
    const subscription = stranger.subscribe('fapi.specs.complete', { callback: (_, message) => void marks.push(StringCodec().decode(message.data)) });
    await stranger.flush();
    await server.specs.markComplete();
    await until(() => marks.length > 0);
    await nats.wipe();
    await until(() => server.problem() === undefined && controller.problem() === undefined);
    const late = await connectNatsBus({ url: nats.url });
    const watching = follow((signal) => late.specs.watch(signal));
    await publishForSure(server, makeSpec('b', 1));
    // What a writer sends that was stalled since before the wipe, after all its rows.
    await until(() => stranger.flush().then(() => true, () => false));
    await stranger.jetstream().publish('fapi.specs.complete', StringCodec().encode(marks[0]!));
    await publishForSure(server, makeSpec('c', 1));
    await until(() => told(watching.seen).includes('c@1'));
    expect(told(watching.seen)).toEqual(['b@1', 'c@1']);
    await until(() => server.specs.markComplete().then(() => told(watching.seen).includes('caught_up'), () => false));
    subscription.unsubscribe();
    await Promise.all([watching.stop(), stranger.close(), late.close()]);
  }, 30_000);

  it.each(['deleted', 'emptied'])('tells everybody when its streams are %s under the connection', async (how) => {
    await server.specs.publish(makeSpec('a', 1));
    const told = new Set<string>();
    server.onStale(() => told.add('server'));
    const stranger = await connect({ servers: nats.url });
    const manager = await stranger.jetstreamManager();
    if (how === 'deleted') await manager.streams.delete('FAPI_SPECS');
    else await manager.streams.purge('FAPI_SPECS');
    // Somebody else may make it again first.
    if (how === 'deleted') await until(() => controller.specs.publish(makeSpec('b', 1)).then(() => true, () => false));
    await until(() => told.has('server'));
    await stranger.close();
  }, 30_000);

  it('ends every session on both sides, and opens new ones when it is back', async () => {
    const ends: SessionEnd[] = [];
    const stop = new AbortController();
    const serving = controller.sessions.serve(async (_opening, session) => {
      void session.ended.then((end) => ends.push(end));
      for await (const text of session) session.send(text);
    }, { signal: stop.signal });
    const opening = { sessionId: 's', appId: 'a', draft: { digest: '', sha256: '' } };
    const openSoon = async (): Promise<Session> => (await until(() => server.sessions.open(opening).catch(() => undefined), Boolean, 15_000))!;
    const session = await openSoon();
    session.send('before');
    expect(await session[Symbol.asyncIterator]().next()).toMatchObject({ value: 'before' });
    await nats.kill();
    expect(await session.ended).toEqual({ reason: 'gap', message: 'the connection to the bus was lost' });
    await until(() => ends.length === 1);
    expect(ends[0]).toMatchObject({ reason: 'gap' });
    await expect(server.sessions.open(opening)).rejects.toThrow('cannot be reached');
    await nats.restart();
    const next = await openSoon();
    next.send('after');
    expect(await next[Symbol.asyncIterator]().next()).toMatchObject({ value: 'after' });
    stop.abort();
    await serving;
  }, 30_000);

  it('lets go at once although it is away', async () => {
    const watching = follow((signal) => controller.specs.watch(signal));
    await nats.kill();
    await until(() => controller.problem() !== undefined);
    await controller.close();
    await until(() => watching.isOver());
  });
});

describe('the first connection', () => {
  it('waits for a server that comes later', async () => {
    const nats = await startNats();
    await nats.kill();
    const connecting = connectNatsBus({ url: nats.url });
    await nats.restart();
    const bus = await connecting;
    expect(await bus.specs.publish(makeSpec('a', 1))).toBe('stored');
    await bus.close();
    await nats.stop();
  });

  it('ends its wait by the signal', async () => {
    const stop = new AbortController();
    const connecting = connectNatsBus({ url: `nats://127.0.0.1:${await freePort()}`, signal: stop.signal });
    stop.abort(new Error('given up'));
    await expect(connecting).rejects.toThrow('given up');
  });
});

describe('bytes of others on our subjects', () => {
  it('are a reason for the watcher and a refusal for the caller, and stop nobody', async () => {
    const nats = await startNats();
    const bus = await connectNatsBus({ url: nats.url });
    const stranger = await connect({ servers: nats.url });
    const watching = follow((signal) => bus.specs.watch(signal));
    const stop = new AbortController();
    const serving = bus.calls.serve(async () => pong, stop.signal);
    const text = StringCodec();
    await stranger.jetstream().publish('fapi.specs.app.a', text.encode('\u0000not JSON'));
    await stranger.jetstream().publish('fapi.specs.app.b', text.encode('[]'));
    await bus.specs.publish(makeSpec('c', 1));
    await until(() => watching.seen.length >= 3);
    expect(told(watching.seen)).toEqual(['unreadable', 'unreadable', 'c@1']);
    expect(watching.seen[0]).toEqual({ kind: 'unreadable', reason: 'a message is not JSON' });
    await until(() => bus.calls.request(ping, { timeoutMs: 1_000 }).catch(() => undefined));
    expect(JSON.parse(text.decode((await stranger.request('fapi.calls', text.encode('{'))).data))).toEqual({ schema: 1, kind: 'refused', code: 'unreadable', message: 'a message is not JSON' });
    expect(await bus.specs.publish(makeSpec('a', 1)), 'a good word replaces them').toBe('stored');
    await until(() => told(watching.seen).includes('a@1'));
    stop.abort();
    await serving;
    await watching.stop();
    await stranger.close();
    await bus.close();
    await nats.stop();
  });
});
