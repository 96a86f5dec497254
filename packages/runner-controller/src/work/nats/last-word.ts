import type * as z from 'zod/mini';
import { StringCodec } from 'nats';
import type { Addressed, LastWordChannel } from '../bus.ts';
import { readPlaceOf } from '../codec.ts';
import { schemaVersion } from '../messages.ts';
import { isBefore, nowhere, type Place, placeOf } from '../place.ts';
import { type ChannelLayout, ensureStream, isNoStream, isNotFound, isWrongSequence } from './layout.ts';
import type { NatsLink } from './connection.ts';
import { watchLastWords } from './watch.ts';

const text = StringCodec();
const attempts = 10;

/** What a subject holds: the place of its word in the order of the app's words, and the stream sequence that the next publish must name. */
interface Held { seq: number; place: Place }

/** A stream that keeps one message per app. An older word cannot be stored: each publish names the stream sequence it replaces. */
export function createLastWords<T extends Addressed>(link: NatsLink, layout: ChannelLayout, schema: z.ZodMiniType<T>): LastWordChannel<T> & { ensure(): Promise<void> } {
  const held = new Map<string, Held>();
  const lastPublish = new Map<string, Promise<unknown>>();
  link.onReconnect(() => held.clear());

  /** Which stream of this name it is that we have filled: a wiped or deleted one comes back as another. */
  let known: string | undefined;

  const ensure = async (): Promise<void> => {
    const { created, isEmpty } = await ensureStream(link.jsm, layout);
    const isLost = known === undefined ? isEmpty : known !== created || (isEmpty && held.size > 0);
    // First the word that all is lost, then the name: whoever is telling everything just now must not call it complete.
    if (isLost) {
      held.clear();
      link.stale();
    }
    known = created;
  };

  const findHeld = async (subject: string): Promise<Held> => {
    try {
      const message = await link.jsm.streams.getMessage(layout.stream, { last_by_subj: subject });
      return { seq: message.seq, place: readPlaceOf(text.decode(message.data)) };
    } catch (error) {
      // "no message found" and a missing stream are both 404; only the first means that the subject is empty.
      if (!isNotFound(error) || !/message/.test((error as Error).message)) throw error;
      return { seq: 0, place: nowhere };
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
        if (isBefore(placeOf(message), before.place)) return 'stale';
        const ack = await link.orLost(link.js.publish(subject, text.encode(JSON.stringify(message)), { expect: { lastSubjectSequence: before.seq } }));
        held.set(subject, { seq: ack.seq, place: placeOf(message) });
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
      if (known === undefined) await ensure();
      const mark = (): Promise<unknown> => link.orLost(link.js.publish(layout.mark, text.encode(JSON.stringify({ schema: schemaVersion, of: known }))));
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
