import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { until } from '../test-parts/until.ts';
import type { BusUnderTest, OpenBus } from './bus.suite.ts';
import { CallRefusedError, CallTimeoutError, NobodyServesError, NotInChargeError, type WorkBus } from './bus.ts';
import type { Call, CallAnswer } from './messages.ts';

const ping: Call = { schema: 1, kind: 'ping' };
const pong: CallAnswer = { schema: 1, kind: 'ping', runtime: { kind: 'process', isolation: { level: 1, layers: [] }, python: '3.11.0', stack: {} } };
/** Long enough for any answer that comes at all. */
const longMs = 15_000;

export function describeCalls(open: OpenBus): void {
  describe('calls', () => {
    let bus: BusUnderTest;
    let asker: WorkBus;
    let answerer: WorkBus;
    let stop: AbortController;
    const serving: Promise<void>[] = [];
    beforeEach(async () => {
      stop = new AbortController();
      bus = await open();
      [asker, answerer] = [await bus.connect(), await bus.connect()];
    });
    afterEach(async () => {
      stop.abort();
      await Promise.all(serving.splice(0));
      await bus.close();
    });

    /** Serves and waits until a first call was answered, by whoever serves. */
    const serve = async (handler: (call: Call, signal: AbortSignal) => Promise<CallAnswer>, party = answerer, signal = stop.signal): Promise<void> => {
      let isServing = false;
      serving.push(party.calls.serve(async (call, gone) => {
        isServing = true;
        return handler(call, gone);
      }, signal));
      await until(async () => {
        if (!isServing) await asker.calls.request(ping, { timeoutMs: 100 }).catch(() => undefined);
        return isServing;
      });
    };
    const forEverOf = (_call: Call, signal: AbortSignal): Promise<never> => forEver(signal);
    const leave = async (): Promise<never> => {
      throw new NotInChargeError('another one acts');
    };
    const forEver = (signal: AbortSignal): Promise<never> => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));

    it('brings the call to the handler and its answer back', async () => {
      const calls: Call[] = [];
      await serve(async (call) => {
        calls.push(call);
        return call.kind === 'ping' ? pong : { schema: 1, kind: 'validate', findings: [], durationMs: 3 };
      });
      const call: Call = { schema: 1, kind: 'validate', appId: 'a', host: 'a', envVersion: 0, revision: 'sha256:1', bundleSha256: '00' };
      expect(await asker.calls.request(call, { timeoutMs: longMs })).toEqual({ schema: 1, kind: 'validate', findings: [], durationMs: 3 });
      expect(calls.at(-1)).toEqual(call);
    });

    it('answers many calls at once, each with its own answer', async () => {
      await serve(async (call) => call.kind === 'ping' ? pong : { schema: 1, kind: 'refused', code: 'test', message: call.appId });
      const asked = Array.from({ length: 50 }, (_, at) => asker.calls.request({ schema: 1, kind: 'validate', appId: `app_${at}`, host: 'a', envVersion: 0, revision: '', bundleSha256: '' }, { timeoutMs: longMs }));
      expect((await Promise.all(asked)).map((answer) => answer.kind === 'refused' && answer.message)).toEqual(asked.map((_, at) => `app_${at}`));
    });

    it('says at once that nobody serves', async () => {
      await expect(asker.calls.request(ping, { timeoutMs: 60_000 })).rejects.toThrow(NobodyServesError);
    });

    it('gives up at the deadline, and then tells the handler too', async () => {
      let deadline: AbortSignal | undefined;
      await serve(async (call, signal) => {
        if (call.kind === 'ping') return pong;
        deadline = signal;
        return forEver(signal);
      });
      await expect(asker.calls.request({ schema: 1, kind: 'validate', appId: 'a', host: 'a', envVersion: 0, revision: '', bundleSha256: '' }, { timeoutMs: 150 })).rejects.toThrow(CallTimeoutError);
      await until(() => deadline?.aborted === true);
      expect(await asker.calls.request(ping, { timeoutMs: longMs })).toEqual(pong);
    });

    it('rejects with the reason of the abort, before and during a call', async () => {
      await serve((call, signal) => call.kind === 'ping' ? Promise.resolve(pong) : forEver(signal));
      await expect(asker.calls.request(ping, { timeoutMs: longMs, signal: AbortSignal.abort(new Error('left before')) })).rejects.toThrow('left before');
      const leaving = new AbortController();
      const asked = asker.calls.request({ schema: 1, kind: 'validate', appId: 'a', host: 'a', envVersion: 0, revision: '', bundleSha256: '' }, { timeoutMs: 60_000, signal: leaving.signal });
      leaving.abort(new Error('left during'));
      await expect(asked).rejects.toThrow('left during');
    });

    it('tells the handler that the asker has left, and no other call', async () => {
      const signals = new Map<string, AbortSignal>();
      await serve((call, signal) => {
        if (call.kind === 'ping') return Promise.resolve(pong);
        signals.set(call.appId, signal);
        return forEver(signal);
      });
      const leaving = new AbortController();
      const ask = (appId: string, signal: AbortSignal) => asker.calls.request({ schema: 1, kind: 'validate', appId, host: 'a', envVersion: 0, revision: '', bundleSha256: '' }, { timeoutMs: 60_000, signal }).catch((error: Error) => error.message);
      const asked = [ask('leaves', leaving.signal), ask('stays', stop.signal)];
      await until(() => signals.size === 2);
      leaving.abort(new Error('left during'));
      expect(await asked[0]).toBe('left during');
      await until(() => signals.get('leaves')!.aborted);
      expect(signals.get('stays')!.aborted).toBe(false);
    });

    it('turns a handler that throws into a refusal', async () => {
      await serve(async () => {
        throw new Error('the agent is away');
      });
      expect(await asker.calls.request(ping, { timeoutMs: longMs })).toEqual({ schema: 1, kind: 'refused', code: 'failed', message: 'the agent is away' });
    });

    it('brings the code of a refusal that has one', async () => {
      await serve(async () => {
        throw new CallRefusedError('workbench_busy', 'all are in use');
      });
      expect(await asker.calls.request(ping, { timeoutMs: longMs })).toEqual({ schema: 1, kind: 'refused', code: 'workbench_busy', message: 'all are in use' });
    });

    it('refuses a call it cannot read, and an answer it cannot read', async () => {
      await serve(async (call) => call.kind === 'ping' ? ({ ...pong, runtime: 'unreadable' } as never) : pong);
      expect(await asker.calls.request({ schema: 1, kind: 'dance' } as never, { timeoutMs: longMs })).toMatchObject({ kind: 'refused', code: 'unreadable' });
      expect(await asker.calls.request({ ...ping, schema: 2 } as never, { timeoutMs: longMs })).toEqual({ schema: 1, kind: 'refused', code: 'unreadable', message: 'a message carries schema version 2, this program reads 1' });
      expect(await asker.calls.request(ping, { timeoutMs: longMs })).toMatchObject({ kind: 'refused', code: 'unreadable' });
    });

    it('has the answer of whoever answers, however many are frozen or leave it to the others', async () => {
      for (const handler of [forEverOf, leave]) await serve(handler, await bus.connect());
      await serve(async () => pong);
      for (let n = 0; n < 20; n++) expect(await asker.calls.request(ping, { timeoutMs: longMs })).toEqual(pong);
    });

    it('serves until its signal, and then nobody serves', async () => {
      const own = new AbortController();
      await serve(async () => pong, answerer, own.signal);
      expect(await asker.calls.request(ping, { timeoutMs: longMs })).toEqual(pong);
      own.abort();
      await serving.at(-1);
      await until(() => asker.calls.request(ping, { timeoutMs: 1_000 }).then(() => 'answered', (error: Error) => error.name), (name) => name === 'NobodyServesError');
    });
  });
}
