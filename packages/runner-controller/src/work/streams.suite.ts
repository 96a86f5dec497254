import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Followed, follow } from '../test-parts/follow.ts';
import { makeLog, makeSample } from '../test-parts/messages.ts';
import { until } from '../test-parts/until.ts';
import type { BusUnderTest, OpenBus } from './bus.suite.ts';
import type { WorkBus } from './bus.ts';
import type { StreamItem } from './messages.ts';

export function describeStreams(open: OpenBus): void {
  describe('streams', () => {
    let bus: BusUnderTest;
    let publisher: WorkBus;
    let reader: WorkBus;
    beforeEach(async () => {
      bus = await open();
      [publisher, reader] = [await bus.connect(), await bus.connect()];
    });
    afterEach(() => bus.close());

    const seqs = (items: readonly StreamItem[]): number[] => items.flatMap((item) => item.kind === 'log' ? item.value.lines.map((line) => line.seq) : []).filter((seq) => seq > 0);
    /** Publishes until all of them have seen something: from then on they are known to be there. */
    const untilThere = async (...readers: Followed<StreamItem>[]): Promise<void> => {
      await until(() => {
        publisher.streams.publish(makeLog('warm-up', 0));
        return readers.every((one) => one.seen.length > 0);
      });
    };

    it('brings logs and samples in order', async () => {
      const viewer = follow((signal) => reader.streams.subscribe({ signal }));
      await untilThere(viewer);
      for (let seq = 1; seq <= 200; seq++) publisher.streams.publish(makeLog('a', seq));
      publisher.streams.publish(makeSample('a'));
      await until(() => viewer.seen.some((item) => item.kind === 'metrics'));
      expect(seqs(viewer.seen)).toEqual(Array.from({ length: 200 }, (_, at) => at + 1));
      expect(viewer.seen.at(-1)).toEqual(makeSample('a'));
      await viewer.stop();
    });

    it('gives every viewer everything, and each item to one recorder of a group', async () => {
      const other = await bus.connect();
      const viewers = [follow((signal) => reader.streams.subscribe({ signal })), follow((signal) => other.streams.subscribe({ signal }))];
      const recorders = [follow((signal) => reader.streams.subscribe({ group: 'recorders', signal })), follow((signal) => other.streams.subscribe({ group: 'recorders', signal }))];
      await untilThere(...viewers, ...recorders);
      const expected = Array.from({ length: 300 }, (_, at) => at + 1);
      for (const seq of expected) publisher.streams.publish(makeLog('a', seq));
      await until(() => viewers.every((viewer) => seqs(viewer.seen).length === 300) && recorders.flatMap((one) => seqs(one.seen)).length >= 300);
      for (const viewer of viewers) expect(seqs(viewer.seen)).toEqual(expected);
      expect(recorders.flatMap((one) => seqs(one.seen)).toSorted((a, b) => a - b)).toEqual(expected);
      expect(recorders.every((one) => seqs(one.seen).length > 0)).toBe(true);
      await Promise.all([...viewers, ...recorders].map((one) => one.stop()));
    });

    it('gives all to the recorder that is left when the other one ends', async () => {
      const [leaving, staying] = [0, 1].map(() => follow((signal) => reader.streams.subscribe({ group: 'recorders', signal }))) as [Followed<StreamItem>, Followed<StreamItem>];
      await untilThere(leaving, staying);
      await leaving.stop();
      const asked = staying.seen.length;
      // One after the other on one connection: once this item is here, the leaving is known everywhere.
      await until(() => {
        publisher.streams.publish(makeLog('warm-up', 0));
        return staying.seen.length > asked;
      });
      for (let seq = 1; seq <= 50; seq++) publisher.streams.publish(makeLog('a', seq));
      await until(() => seqs(staying.seen).length >= 50);
      expect(seqs(leaving.seen)).toEqual([]);
      await staying.stop();
    });

    it('bounds what waits for a reader that does not read, and counts what it dropped', async () => {
      const stop = new AbortController();
      const lazy = reader.streams.subscribe({ signal: stop.signal })[Symbol.asyncIterator]();
      const viewer = follow((signal) => reader.streams.subscribe({ signal }));
      const first = lazy.next();
      await untilThere(viewer);
      await first;
      const count = 25_000;
      for (let seq = 1; seq <= count; seq++) {
        publisher.streams.publish(makeLog('a', seq));
        // A breath for the viewer, so that only the lazy one falls behind.
        if (seq % 250 === 0) await until(() => seqs(viewer.seen.slice(-1))[0] === seq);
      }
      const dropped = reader.streams.dropped() + (publisher === reader ? 0 : publisher.streams.dropped());
      expect(dropped).toBeGreaterThan(0);
      let kept = 0;
      for (let last = 0; last < count - dropped;) {
        const item = (await lazy.next()).value as StreamItem;
        if (seqs([item]).length > 0) last = ++kept;
      }
      expect(kept + dropped).toBe(count);
      stop.abort();
      await viewer.stop();
    });

    it('drops what breaks the schema, with a count, and goes on', async () => {
      const viewer = follow((signal) => reader.streams.subscribe({ signal }));
      await untilThere(viewer);
      const before = reader.streams.dropped();
      publisher.streams.publish({ kind: 'log', value: { appId: 'a' } } as never);
      publisher.streams.publish({ ...makeSample('a'), value: { ...makeSample('a').value, schema: 2 } } as never);
      publisher.streams.publish(makeLog('a', 1));
      await until(() => seqs(viewer.seen).length > 0);
      expect(reader.streams.dropped() - before).toBe(2);
      await viewer.stop();
    });

    it('hears what is published after subscribing, before anybody iterates', async () => {
      const stop = new AbortController();
      const subscription = publisher.streams.subscribe({ signal: stop.signal });
      publisher.streams.publish(makeLog('a', 1));
      expect((await subscription[Symbol.asyncIterator]().next()).value).toEqual(makeLog('a', 1));
      stop.abort();
    });
  });
}
