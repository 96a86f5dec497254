import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { follow } from '../test-parts/follow.ts';
import { makeRemoval, makeSpec, makeStatus } from '../test-parts/messages.ts';
import { until } from '../test-parts/until.ts';
import type { BusUnderTest, OpenBus } from './bus.suite.ts';
import type { LastWord, LastWordChannel, WorkBus } from './bus.ts';

type Message = { appId: string; generation: number };
const channels = [
  { name: 'specs', make: makeSpec as (appId: string, generation: number) => Message },
  { name: 'statuses', make: makeStatus as (appId: string, generation: number) => Message },
] as const;

export function describeLastWords(open: OpenBus): void {
  let bus: BusUnderTest;
  let server: WorkBus;
  let controller: WorkBus;
  beforeEach(async () => {
    bus = await open();
    [server, controller] = [await bus.connect(), await bus.connect()];
  });
  afterEach(() => bus.close());
  /** `app@generation`, `caught_up` or `unreadable`, in order. */
  const told = (words: readonly LastWord<Message>[]): string[] => words.map((word) => word.kind === 'message' ? `${word.value.appId}@${word.value.generation}` : word.kind);

  describe.each(channels)('$name', ({ name, make }) => {
    const channelOf = (party: WorkBus): LastWordChannel<Message> => party[name] as unknown as LastWordChannel<Message>;

    it('gives a watcher the last word of every app, then caught up, then changes', async () => {
      const words = channelOf(server);
      for (const [appId, generation] of [['a', 1], ['b', 1], ['a', 2], ['a', 3]] as const) expect(await words.publish(make(appId, generation))).toBe('stored');
      await words.markComplete();
      const watching = follow((signal) => channelOf(controller).watch(signal));
      await until(() => watching.seen.length >= 3);
      expect(told(watching.seen.slice(0, 2)).toSorted()).toEqual(['a@3', 'b@1']);
      expect(told(watching.seen)[2]).toBe('caught_up');
      await words.publish(make('b', 2));
      await words.publish(make('c', 1));
      await until(() => watching.seen.length >= 5);
      expect(told(watching.seen).slice(3)).toEqual(['b@2', 'c@1']);
      await watching.stop();
    });

    it('says caught up once, and not before the publisher has said that this was all', async () => {
      const watching = follow((signal) => channelOf(controller).watch(signal));
      for (const appId of ['a', 'b', 'c']) await channelOf(server).publish(make(appId, 1));
      await until(() => watching.seen.length >= 3);
      await channelOf(server).publish(make('d', 1));
      await until(() => watching.seen.length >= 4);
      expect(told(watching.seen)).not.toContain('caught_up');
      await channelOf(server).markComplete();
      await until(() => watching.seen.length >= 5);
      await channelOf(server).publish(make('e', 1));
      await until(() => watching.seen.length >= 6);
      expect(told(watching.seen)).toEqual(['a@1', 'b@1', 'c@1', 'd@1', 'caught_up', 'e@1']);
      await watching.stop();
    });

    it('never lets an older generation replace a newer one', async () => {
      expect(await channelOf(server).publish(make('a', 5))).toBe('stored');
      expect(await channelOf(server).publish(make('a', 4))).toBe('stale');
      expect(await channelOf(controller).publish(make('a', 1))).toBe('stale');
      await channelOf(server).markComplete();
      const watching = follow((signal) => channelOf(controller).watch(signal));
      await until(() => told(watching.seen).includes('caught_up'));
      expect(told(watching.seen)).toEqual(['a@5', 'caught_up']);
      await watching.stop();
    });

    it('refuses a stalled writer that looked before the newer word came', async () => {
      const stalled = await bus.connect();
      expect(await channelOf(stalled).publish(make('a', 1))).toBe('stored');
      expect(await channelOf(server).publish(make('a', 3))).toBe('stored');
      expect(await channelOf(stalled).publish(make('a', 2))).toBe('stale');
      const watching = follow((signal) => channelOf(controller).watch(signal));
      await until(() => watching.seen.length >= 1);
      expect(told(watching.seen)).toEqual(['a@3']);
      await watching.stop();
    });

    it('refuses an older word of the same generation, and keeps the newest one', async () => {
      const stalled = await bus.connect();
      expect(await channelOf(stalled).publish(make('a', 3))).toBe('stored');
      expect(await channelOf(server).publish({ ...make('a', 3), sequence: 2 } as never)).toBe('stored');
      expect(await channelOf(stalled).publish({ ...make('a', 3), sequence: 1 } as never), 'what a stalled writer had in its hand').toBe('stale');
      expect(await channelOf(server).publish({ ...make('a', 3), sequence: 2 } as never), 'the same word again').toBe('stored');
      expect(await channelOf(stalled).publish(make('a', 4)), 'a new generation begins anew').toBe('stored');
      await channelOf(server).markComplete();
      const watching = follow((signal) => channelOf(controller).watch(signal));
      await until(() => told(watching.seen).includes('caught_up'));
      expect(told(watching.seen)).toEqual(['a@4', 'caught_up']);
      await watching.stop();
    });

    it('keeps the newest of many writers, and no watcher sees an app go back', async () => {
      const writers = await Promise.all(Array.from({ length: 4 }, () => bus.connect()));
      const watching = follow((signal) => channelOf(controller).watch(signal));
      await Promise.all(writers.map(async (writer, at) => {
        for (let generation = 1 + at; generation <= 40; generation += 4) await channelOf(writer).publish(make('a', generation));
      }));
      await until(() => told(watching.seen).includes('a@40'));
      const generations = watching.seen.map((word) => (word.kind === 'message' ? word.value.generation : 0));
      expect(generations).toEqual(generations.toSorted((a, b) => a - b));
      await watching.stop();
    });

    it('keeps the call order of two words of one generation', async () => {
      for (let generation = 1; generation <= 10; generation++) {
        await Promise.all(['first', 'second', 'third'].map((host) => channelOf(server).publish({ ...make('a', generation), host, message: host } as never)));
      }
      await channelOf(server).markComplete();
      const watching = follow((signal) => channelOf(controller).watch(signal));
      await until(() => told(watching.seen).includes('caught_up'));
      expect(watching.seen[0]).toMatchObject({ value: { generation: 10, ...(name === 'specs' ? { host: 'third' } : { message: 'third' }) } });
      await watching.stop();
    });

    it('delivers the same words again when they are published again', async () => {
      const watching = follow((signal) => channelOf(controller).watch(signal));
      for (let count = 1; count <= 3; count++) {
        expect(await channelOf(server).publish(make('a', 1))).toBe('stored');
        await until(() => watching.seen.length >= count);
      }
      expect(told(watching.seen)).toEqual(['a@1', 'a@1', 'a@1']);
      await watching.stop();
    });

    it('gives a reason for what it cannot read, and goes on', async () => {
      const watching = follow((signal) => channelOf(controller).watch(signal));
      await channelOf(server).publish({ ...make('a', 1), schema: 2 } as never);
      await channelOf(server).publish({ ...make('b', 1), stages: 'none', host: 7 } as never);
      await channelOf(server).publish(make('c', 1));
      await until(() => watching.seen.length >= 3);
      expect(watching.seen[0]).toEqual({ kind: 'unreadable', reason: 'a message carries schema version 2, this program reads 1' });
      expect(watching.seen[1]).toMatchObject({ kind: 'unreadable', reason: expect.stringMatching(/^a message breaks the schema: .*(host|stages)/s) });
      expect(told(watching.seen)[2]).toBe('c@1');
      await watching.stop();
    });

    it('lets a word of a newer program stand against an older generation, although it cannot be read here', async () => {
      expect(await channelOf(controller).publish({ ...make('a', 7), schema: 2 } as never)).toBe('stored');
      expect(await channelOf(server).publish(make('a', 6))).toBe('stale');
      expect(await channelOf(server).publish(make('a', 8))).toBe('stored');
    });

    it('lets a slow watcher skip what was overwritten, never the last word', async () => {
      const stop = new AbortController();
      const slow = channelOf(controller).watch(stop.signal)[Symbol.asyncIterator]();
      await channelOf(server).publish(make('a', 1));
      expect((await slow.next()).value).toMatchObject({ value: { generation: 1 } });
      const quick = follow((signal) => channelOf(controller).watch(signal));
      for (let generation = 2; generation <= 100; generation++) await channelOf(server).publish(make('a', generation));
      await until(() => told(quick.seen).includes('a@100'));
      await channelOf(server).publish(make('z', 1));
      await until(() => told(quick.seen).includes('z@1'));
      const seen: string[] = [];
      while (!seen.includes('z@1')) seen.push(...told([(await slow.next()).value as LastWord<Message>]));
      expect(seen.slice(-2)).toEqual(['a@100', 'z@1']);
      expect(seen.length).toBeLessThan(50);
      stop.abort();
      expect((await slow.next()).done).toBe(true);
      await quick.stop();
    });

    it('ends a watch by its own signal only', async () => {
      const [ending, staying] = [follow((signal) => channelOf(controller).watch(signal)), follow((signal) => channelOf(controller).watch(signal))];
      await channelOf(server).publish(make('a', 1));
      await until(() => ending.seen.length > 0 && staying.seen.length > 0);
      await ending.stop();
      expect(ending.isOver()).toBe(true);
      await channelOf(server).publish(make('a', 2));
      await until(() => staying.seen.length >= 2);
      expect(told(ending.seen)).toEqual(['a@1']);
      expect(staying.isOver()).toBe(false);
      await staying.stop();
    });

    it('publishes nothing whose caller has already given up', async () => {
      const given = AbortSignal.abort(new Error('given up'));
      await expect(channelOf(server).publish(make('a', 1), given)).rejects.toThrow('given up');
      await expect(channelOf(server).markComplete(given)).rejects.toThrow('given up');
      await channelOf(server).publish(make('b', 1));
      await channelOf(server).markComplete();
      const watching = follow((signal) => channelOf(controller).watch(signal));
      await until(() => told(watching.seen).includes('caught_up'));
      expect(told(watching.seen)).toEqual(['b@1', 'caught_up']);
      await watching.stop();
    });
  });

  it('tells a removal as a spec, and keeps it as the last word', async () => {
    await server.specs.publish(makeSpec('a', 1));
    await server.specs.publish(makeRemoval('a', 2));
    await server.specs.markComplete();
    const watching = follow((signal) => controller.specs.watch(signal));
    await until(() => watching.seen.length >= 2);
    expect(watching.seen).toEqual([{ kind: 'message', value: makeRemoval('a', 2) }, { kind: 'caught_up' }]);
    await watching.stop();
  });

  it('keeps apart apps whose ids differ in characters that mean something to a transport', async () => {
    const ids = ['a', 'a.b', 'a b', 'a*', 'a>', 'a=2e=b', 'ä', 'A'];
    for (const [at, id] of ids.entries()) await server.specs.publish(makeSpec(id, at + 1));
    await server.specs.markComplete();
    const watching = follow((signal) => controller.specs.watch(signal));
    await until(() => told(watching.seen).includes('caught_up'));
    expect(told(watching.seen).slice(0, -1).toSorted()).toEqual(ids.map((id, at) => `${id}@${at + 1}`).toSorted());
    await watching.stop();
  });
}
