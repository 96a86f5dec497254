import { type LastWord, type LastWordChannel, NobodyServesError, CallTimeoutError, type PublishOutcome, type WorkBus } from './bus.ts';
import { Call, CallAnswer, RunnerSpec, RunnerStatus, schemaVersion, StreamItem } from './messages.ts';
import { createMailbox } from './mailbox.ts';
import * as z from 'zod/mini';

const streamLimit = 10_000;

/** The bus inside one process. What is published is copied through JSON and its schema, as on a wire: a sender that keeps writing to its object changes nothing. */
export function createMemoryBus(): WorkBus {
  const subscribers = new Set<{ group: string | undefined; put: (item: StreamItem) => boolean }>();
  const turns = new Map<string, number>();
  let serve: ((call: Call) => Promise<CallAnswer>) | undefined;
  let dropped = 0;

  const publishItem = (item: StreamItem): void => {
    const copy = z.parse(StreamItem, structuredClone(item));
    const groups = new Map<string, { put: (item: StreamItem) => boolean }[]>();
    for (const subscriber of subscribers) {
      if (subscriber.group === undefined) deliver(subscriber, copy);
      else groups.set(subscriber.group, [...(groups.get(subscriber.group) ?? []), subscriber]);
    }
    for (const [group, members] of groups) {
      const turn = turns.get(group) ?? 0;
      turns.set(group, turn + 1);
      deliver(members[turn % members.length]!, copy);
    }
  };
  const deliver = (subscriber: { put: (item: StreamItem) => boolean }, item: StreamItem): void => {
    if (!subscriber.put(item)) dropped += 1;
  };

  return {
    specs: createChannel(RunnerSpec),
    statuses: createChannel(RunnerStatus),
    calls: {
      async request(call, { timeoutMs, signal }) {
        const handler = serve;
        if (!handler) throw new NobodyServesError(`nobody serves "${call.kind}" calls`);
        signal?.throwIfAborted();
        const timeout = Promise.withResolvers<never>();
        const timer = setTimeout(() => timeout.reject(new CallTimeoutError(`no answer to "${call.kind}" within ${timeoutMs} ms`)), timeoutMs);
        const onAbort = (): void => timeout.reject(signal?.reason);
        signal?.addEventListener('abort', onAbort, { once: true });
        try {
          return z.parse(CallAnswer, structuredClone(await Promise.race([handler(z.parse(Call, structuredClone(call))), timeout.promise])));
        } finally {
          clearTimeout(timer);
          signal?.removeEventListener('abort', onAbort);
        }
      },
      async serve(handler, signal) {
        const own = async (call: Call): Promise<CallAnswer> => {
          try {
            return await handler(call, signal);
          } catch (error) {
            return { schema: schemaVersion, kind: 'refused', code: 'internal', message: error instanceof Error ? error.message : String(error) };
          }
        };
        if (signal.aborted) return;
        serve = own;
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
        if (serve === own) serve = undefined;
      },
    },
    streams: {
      publish: publishItem,
      async *subscribe({ group, signal }) {
        const mailbox = createMailbox<StreamItem>(signal, streamLimit);
        const subscriber = { group, put: mailbox.put };
        subscribers.add(subscriber);
        try {
          yield* mailbox.items();
        } finally {
          subscribers.delete(subscriber);
        }
      },
      dropped: () => dropped,
    },
    onStale: () => () => {},
    problem: () => undefined,
    close: async () => {},
  };
}

function createChannel<T extends { appId: string; generation: number }>(schema: z.ZodMiniType<T>): LastWordChannel<T> {
  const words = new Map<string, T>();
  const watchers = new Set<() => void>();
  let isComplete = false;
  let version = 0;
  const versions = new Map<string, number>();
  const wake = (): void => {
    for (const watcher of watchers) watcher();
  };
  return {
    async publish(message): Promise<PublishOutcome> {
      const copy = z.parse(schema, structuredClone(message));
      const former = words.get(copy.appId);
      if (former && former.generation > copy.generation) return 'stale';
      words.set(copy.appId, copy);
      versions.set(copy.appId, ++version);
      wake();
      return 'stored';
    },
    async markComplete() {
      isComplete = true;
      wake();
    },
    async *watch(signal): AsyncIterable<LastWord<T>> {
      const mailbox = createMailbox<true>(signal, 1);
      const watcher = (): void => void mailbox.put(true);
      watchers.add(watcher);
      watcher();
      let seen = 0;
      let isCaughtUp = false;
      try {
        for await (const _ of mailbox.items()) {
          // Level-triggered: a watcher that was slow sees only the last word of each app.
          for (const [appId, at] of [...versions].toSorted((a, b) => a[1] - b[1])) {
            if (at <= seen) continue;
            seen = Math.max(seen, at);
            yield { kind: 'message', value: structuredClone(words.get(appId)!) };
          }
          if (isComplete && !isCaughtUp) {
            isCaughtUp = true;
            yield { kind: 'caught_up' };
          }
        }
      } finally {
        watchers.delete(watcher);
      }
    },
  };
}
