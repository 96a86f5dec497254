import type * as z from 'zod/mini';
import { AckPolicy, createInbox, DeliverPolicy, type Msg, nanos, StringCodec } from 'nats';
import type { LastWord } from '../bus.ts';
import { decode, readPlaceOf } from '../codec.ts';
import { isBefore, nowhere, type Place } from '../place.ts';
import { createWake, pause } from '../wake.ts';
import type { ChannelLayout } from './layout.ts';
import type { NatsLink } from './connection.ts';

const text = StringCodec();
const heartbeatMs = 2_000;
const retryMs = 250;

/** Every last word, then changes; starts over whenever something may have been missed. */
export async function* watchLastWords<T>(link: NatsLink, layout: ChannelLayout, schema: z.ZodMiniType<T>, ensure: () => Promise<void>, signal: AbortSignal): AsyncGenerator<LastWord<T>> {
  const ended = AbortSignal.any([signal, link.closing]);
  const highest = new Map<string, Place>();
  let complained = false;
  while (!ended.aborted) {
    let attached: Attached | undefined;
    try {
      if (link.problem() === undefined) {
        await ensure();
        attached = await attach(link, layout, ended);
      }
    } catch (error) {
      if (!ended.aborted && !complained) link.logger.warn({ err: error }, `cannot follow ${layout.stream} now; trying again`);
      complained = true;
    }
    if (attached) {
      complained = false;
      for await (const { subject, body } of attached.words) {
        if (subject === undefined) {
          yield { kind: 'caught_up' };
          continue;
        }
        // After a wiped store a stalled writer may have put an old word first; a watcher never goes back.
        const place = readPlaceOf(body);
        if (isBefore(place, highest.get(subject) ?? nowhere)) continue;
        highest.set(subject, place);
        const decoded = decode(schema, body);
        yield decoded.ok ? { kind: 'message', value: decoded.value } : { kind: 'unreadable', reason: decoded.reason };
        if (ended.aborted) break;
      }
    }
    await pause(retryMs, ended);
  }
}

/** No subject means: caught up. */
interface Word { subject?: string; body: string }
interface Attached { words: AsyncIterable<Word> }

/**
 * A push consumer without acknowledgements, read into a map of one word per app: a slow reader costs memory for one word of each app and skips what was overwritten.
 * `words` ends when a message was missed, the heart stopped beating or the connection was lost.
 */
async function attach(link: NatsLink, layout: ChannelLayout, ended: AbortSignal): Promise<Attached> {
  const over = new AbortController();
  const done = AbortSignal.any([over.signal, ended]);
  const { wake, sleep } = createWake(done);
  const pending = new Map<string, string>();
  let mark: string | undefined;
  let delivered = 0;
  let lastDelivered = 0;
  let lastConsumerSeq = 0;
  let heart: NodeJS.Timeout | undefined;
  const beat = (): void => {
    clearTimeout(heart);
    heart = setTimeout(() => over.abort(), 3 * heartbeatMs);
  };

  const onMessage = (_error: unknown, message: Msg): void => {
    beat();
    if (message.headers?.code === 100) {
      const last = Number(message.headers.get('Nats-Last-Consumer') || lastConsumerSeq);
      if (last !== lastConsumerSeq) over.abort();
      return;
    }
    const place = readPlace(message.reply);
    if (!place || place.consumerSeq !== lastConsumerSeq + 1) return over.abort();
    lastConsumerSeq = place.consumerSeq;
    lastDelivered = place.streamSeq;
    delivered++;
    if (message.subject === layout.mark) mark = text.decode(message.data);
    else {
      pending.delete(message.subject);
      pending.set(message.subject, text.decode(message.data));
    }
    wake();
  };

  const inbox = createInbox();
  const subscription = link.connection.subscribe(inbox, { callback: onMessage });
  const stopListening = link.onReconnect(() => over.abort());
  const leave = (): void => {
    clearTimeout(heart);
    stopListening();
    subscription.unsubscribe();
  };
  done.addEventListener('abort', leave, { once: true });
  try {
    const { state, created } = await link.jsm.streams.info(layout.stream);
    const consumer = await link.jsm.consumers.add(layout.stream, {
      deliver_subject: inbox,
      deliver_policy: DeliverPolicy.LastPerSubject,
      filter_subject: layout.subjects,
      ack_policy: AckPolicy.None,
      idle_heartbeat: nanos(heartbeatMs),
      inactive_threshold: nanos(10_000),
      mem_storage: true,
      num_replicas: 1,
      max_deliver: 1,
    });
    beat();
    const atAttach = { last: state.last_seq, pending: consumer.num_pending + consumer.delivered.consumer_seq };
    const isCaughtUp = (): boolean => mark !== undefined && isMarkOf(mark, created) && (delivered >= atAttach.pending || lastDelivered >= atAttach.last);
    return { words: read() };

    async function* read(): AsyncGenerator<Word> {
      let caughtUp = false;
      try {
        while (!done.aborted) {
          for (const [subject, body] of pending) {
            pending.delete(subject);
            yield { subject, body };
            if (done.aborted) return;
          }
          if (!caughtUp && isCaughtUp()) {
            caughtUp = true;
            yield { body: '' };
          } else {
            await sleep();
          }
        }
      } finally {
        over.abort();
      }
    }
  } catch (error) {
    over.abort();
    throw error;
  }
}

/** A mark that was meant for a stream of this name that is gone says nothing of this one. */
function isMarkOf(mark: string, created: string): boolean {
  try {
    return (JSON.parse(mark) as { of?: unknown }).of === created;
  } catch {
    return false;
  }
}

/** `$JS.ACK.<stream>.<consumer>.<deliveries>.<stream seq>.<consumer seq>.<time>.<pending>`, with two more tokens in front in newer servers. */
function readPlace(reply: string | undefined): { streamSeq: number; consumerSeq: number } | undefined {
  const tokens = reply?.split('.') ?? [];
  const first = tokens.length >= 11 ? 4 : 2;
  if (tokens.length < 9) return undefined;
  return { streamSeq: Number(tokens[first + 3]), consumerSeq: Number(tokens[first + 4]) };
}
