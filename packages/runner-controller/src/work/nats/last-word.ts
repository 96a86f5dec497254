import type * as z from 'zod/mini';
import { StringCodec } from 'nats';
import type { LastWordChannel } from '../bus.ts';
import { generationOf } from '../codec.ts';
import { schemaVersion } from '../messages.ts';
import { type ChannelLayout, ensureStream, isNoStream, isNotFound, isWrongSequence } from './layout.ts';
import type { NatsLink } from './connection.ts';
import { watchLastWords } from './watch.ts';

const text = StringCodec();
const attempts = 10;

/** A stream that keeps one message per app. An older generation cannot be stored: each publish names the sequence it replaces. */
export function createLastWords<T extends { appId: string; generation: number }>(link: NatsLink, layout: ChannelLayout, schema: z.ZodMiniType<T>): LastWordChannel<T> & { ensure(): Promise<void> } {
  const held = new Map<string, { seq: number; generation: number }>();
  const lastPublish = new Map<string, Promise<unknown>>();
  link.onReconnect(() => held.clear());

  const ensure = async (): Promise<void> => {
    if (!(await ensureStream(link.jsm, layout))) return;
    held.clear();
    link.stale();
  };

  const findHeld = async (subject: string): Promise<{ seq: number; generation: number }> => {
    try {
      const message = await link.jsm.streams.getMessage(layout.stream, { last_by_subj: subject });
      return { seq: message.seq, generation: generationOf(text.decode(message.data)) };
    } catch (error) {
      // "no message found" and a missing stream are both 404; only the first means that the subject is empty.
      if (!isNotFound(error) || !/message/.test((error as Error).message)) throw error;
      return { seq: 0, generation: -1 };
    }
  };

  const put = async (message: T): Promise<'stored' | 'stale'> => {
    const subject = layout.subjectOf(message.appId);
    for (let attempt = 1; ; attempt++) {
      const problem = link.problem();
      if (problem) throw new Error(problem);
      try {
        const before = held.get(subject) ?? (await findHeld(subject));
        held.set(subject, before);
        if (before.generation > message.generation) return 'stale';
        const ack = await link.orLost(link.js.publish(subject, text.encode(JSON.stringify(message)), { expect: { lastSubjectSequence: before.seq } }));
        held.set(subject, { seq: ack.seq, generation: message.generation });
        return 'stored';
      } catch (error) {
        held.delete(subject);
        if (attempt >= attempts) throw new Error(`the message of ${message.appId} could not be stored on the bus`, { cause: error });
        if (isNoStream(error)) await ensure();
        else if (!isWrongSequence(error)) throw new Error(`the message of ${message.appId} could not be stored on the bus`, { cause: error });
      }
    }
  };

  return {
    ensure,
    async publish(message, signal) {
      signal?.throwIfAborted();
      // In call order per app: two words of one generation must not overtake each other.
      const earlier = lastPublish.get(message.appId) ?? Promise.resolve();
      const mine = earlier.then(() => put(message));
      const settled = mine.catch(() => {});
      lastPublish.set(message.appId, settled);
      void settled.then(() => {
        if (lastPublish.get(message.appId) === settled) lastPublish.delete(message.appId);
      });
      return orAborted(mine, signal);
    },
    async markComplete(signal) {
      signal?.throwIfAborted();
      await Promise.all(lastPublish.values());
      const problem = link.problem();
      if (problem) throw new Error(problem);
      const mark = (): Promise<unknown> => link.orLost(link.js.publish(layout.mark, text.encode(JSON.stringify({ schema: schemaVersion }))));
      await orAborted(mark().catch(async (error: unknown) => {
        // A channel that is not there has lost its words: making it again asks for them, and for another mark.
        if (isNoStream(error)) await ensure();
        throw new Error('the bus could not be told that all words are there', { cause: error });
      }), signal);
    },
    watch: (signal) => watchLastWords(link, layout, schema, ensure, signal),
  };
}

function orAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  return new Promise((resolve, reject) => {
    const give = (): void => reject(signal.reason as Error);
    signal.addEventListener('abort', give, { once: true });
    void work.then(resolve, reject).finally(() => signal.removeEventListener('abort', give));
  });
}
