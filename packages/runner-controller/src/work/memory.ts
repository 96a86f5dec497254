import * as z from 'zod/mini';
import { answerCall, toAnswer } from './answers.ts';
import { createBoundedQueue, type BoundedQueue } from './bounded-queue.ts';
import { type Addressed, type CallChannel, CallTimeoutError, type LastWord, type LastWordChannel, NobodyServesError, type StreamChannel, type WorkBus } from './bus.ts';
import { decode, readPlaceOf } from './codec.ts';
import { RunnerSpec, RunnerStatus, StreamItem } from './messages.ts';
import { isBefore, placeOf } from './place.ts';
import { createSessions, type SessionSettings } from './sessions/channel.ts';
import { createMemoryWire } from './sessions/memory-wire.ts';
import { createWake } from './wake.ts';

const closed = 'the bus is closed';

/** The work bus inside one process. Messages still cross it as text, so that both adapters break in the same places. */
export function createMemoryBus({ sessions }: { sessions?: SessionSettings } = {}): WorkBus {
  const closing = new AbortController();
  const problem = (): string | undefined => (closing.signal.aborted ? closed : undefined);
  return {
    specs: createLastWords(RunnerSpec, closing.signal),
    statuses: createLastWords(RunnerStatus, closing.signal),
    calls: createCalls(closing.signal),
    streams: createStreams(closing.signal),
    sessions: createSessions(createMemoryWire(closing.signal, problem), sessions),
    onStale: () => () => {},
    problem,
    async close() {
      closing.abort();
    },
  };
}

function createLastWords<T extends Addressed>(schema: z.ZodMiniType<T>, closing: AbortSignal): LastWordChannel<T> {
  const words = new Map<string, string>();
  const changed = new Set<(appId?: string) => void>();
  let complete = false;
  const toWord = (text: string): LastWord<T> => {
    const decoded = decode(schema, text);
    return decoded.ok ? { kind: 'message', value: decoded.value } : { kind: 'unreadable', reason: decoded.reason };
  };
  return {
    async publish(message, signal) {
      signal?.throwIfAborted();
      if (closing.aborted) throw new Error(closed);
      const held = words.get(message.appId);
      if (held !== undefined && isBefore(placeOf(message), readPlaceOf(held))) return 'stale';
      words.set(message.appId, JSON.stringify(message));
      for (const tell of changed) tell(message.appId);
      return 'stored';
    },
    async markComplete(signal) {
      signal?.throwIfAborted();
      if (closing.aborted) throw new Error(closed);
      complete = true;
      for (const tell of changed) tell();
    },
    async *watch(signal) {
      const ended = AbortSignal.any([signal, closing]);
      const pending = new Set(words.keys());
      const { wake, sleep } = createWake(ended);
      const tell = (appId?: string): void => {
        if (appId !== undefined) pending.add(appId);
        wake();
      };
      changed.add(tell);
      let caughtUp = false;
      try {
        while (!ended.aborted) {
          for (const appId of pending) {
            pending.delete(appId);
            yield toWord(words.get(appId)!);
            if (ended.aborted) return;
          }
          if (complete && !caughtUp) {
            caughtUp = true;
            yield { kind: 'caught_up' };
          } else {
            await sleep();
          }
        }
      } finally {
        changed.delete(tell);
      }
    },
  };
}

function createCalls(closing: AbortSignal): CallChannel {
  type Serve = (text: string, deadline: AbortSignal) => Promise<string | undefined>;
  const servers: Serve[] = [];
  return {
    async request(call, { timeoutMs, signal }) {
      signal?.throwIfAborted();
      if (closing.aborted) throw new NobodyServesError(closed);
      if (servers.length === 0) throw new NobodyServesError(`nobody serves ${call.kind} now`);
      const deadline = AbortSignal.timeout(timeoutMs);
      const gone = AbortSignal.any([deadline, closing, ...(signal ? [signal] : [])]);
      const answers = servers.map(async (serve) => await serve(JSON.stringify(call), gone) ?? aborted(gone));
      const text = await Promise.race([...answers, aborted(gone)]);
      if (text !== undefined) return toAnswer(text);
      signal?.throwIfAborted();
      if (closing.aborted) throw new NobodyServesError(closed);
      throw new CallTimeoutError(`nobody answered ${call.kind} within ${timeoutMs} ms`);
    },
    async serve(handler, signal) {
      const ended = AbortSignal.any([signal, closing]);
      const serve: Serve = (text, deadline) => answerCall(handler, text, AbortSignal.any([ended, deadline]));
      servers.push(serve);
      await aborted(ended);
      servers.splice(servers.indexOf(serve), 1);
    },
  };
}

const waitingLimit = 1_000;

function createStreams(closing: AbortSignal): StreamChannel {
  const groups = new Map<string | symbol, BoundedQueue<StreamItem>[]>();
  let dropped = 0;
  let turn = 0;
  return {
    publish(item) {
      if (closing.aborted) return void dropped++;
      const decoded = decode(StreamItem, JSON.stringify(item));
      if (!decoded.ok) return void dropped++;
      turn++;
      for (const members of groups.values()) if (!members[turn % members.length]!.push(decoded.value)) dropped++;
    },
    subscribe({ group, signal }) {
      const ended = AbortSignal.any([signal, closing]);
      const key = group ?? Symbol('viewer');
      const queue = createBoundedQueue<StreamItem>(waitingLimit, ended);
      groups.set(key, [...(groups.get(key) ?? []), queue]);
      ended.addEventListener('abort', () => {
        const left = groups.get(key)!.filter((member) => member !== queue);
        if (left.length > 0) groups.set(key, left);
        else groups.delete(key);
      }, { once: true });
      return queue;
    },
    dropped: () => dropped,
  };
}

function aborted(signal: AbortSignal): Promise<undefined> {
  if (signal.aborted) return Promise.resolve(undefined);
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(undefined), { once: true }));
}
