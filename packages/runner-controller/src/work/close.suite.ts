import { describe, expect, it } from 'vitest';
import { follow } from '../test-parts/follow.ts';
import { makeLog, makeSpec } from '../test-parts/messages.ts';
import { until } from '../test-parts/until.ts';
import type { OpenBus } from './bus.suite.ts';
import { NobodyServesError } from './bus.ts';
import type { Call } from './messages.ts';

const ping: Call = { schema: 1, kind: 'ping' };

export function describeClose(open: OpenBus): void {
  describe('close', () => {
    it('ends every loop and every call in flight', async () => {
      const bus = await open();
      const party = await bus.connect();
      let isAsked = false;
      const watching = follow((signal) => party.specs.watch(signal));
      const viewing = follow((signal) => party.streams.subscribe({ signal }));
      const serving = party.calls.serve(() => {
        isAsked = true;
        return new Promise(() => undefined);
      }, new AbortController().signal);
      await party.specs.publish(makeSpec('a', 1));
      await until(() => watching.seen.length > 0);
      const asked = until(() => party.calls.request(ping, { timeoutMs: 60_000 }).catch((error: Error) => error), (answer) => isAsked && answer instanceof Error, 60_000);
      await until(() => isAsked);
      await party.close();
      await serving;
      await until(() => watching.isOver() && viewing.isOver());
      expect(await asked).toBeInstanceOf(NobodyServesError);
      await bus.close();
    });

    it('refuses what comes afterwards, and says why', async () => {
      const bus = await open();
      const party = await bus.connect();
      expect(party.problem()).toBeUndefined();
      await party.close();
      expect(party.problem()).toBe('the bus is closed');
      await expect(party.specs.publish(makeSpec('a', 1))).rejects.toThrow('the bus is closed');
      await expect(party.specs.markComplete()).rejects.toThrow('the bus is closed');
      await expect(party.calls.request(ping, { timeoutMs: 60_000 })).rejects.toThrow(NobodyServesError);
      const before = party.streams.dropped();
      party.streams.publish(makeLog('a', 1));
      expect(party.streams.dropped()).toBe(before + 1);
      const late = new AbortController();
      for await (const word of party.specs.watch(late.signal)) throw new Error(`a closed bus said ${word.kind}`);
      for await (const item of party.streams.subscribe({ signal: late.signal })) throw new Error(`a closed bus brought ${item.kind}`);
      await party.calls.serve(async () => ({ schema: 1, kind: 'refused', code: '', message: '' }), late.signal);
      await bus.close();
    });

    it('may be asked for twice', async () => {
      const bus = await open();
      const party = await bus.connect();
      await party.close();
      await party.close();
      await bus.close();
    });
  });
}
