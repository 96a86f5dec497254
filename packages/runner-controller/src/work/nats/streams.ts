import { StringCodec } from 'nats';
import { createBoundedQueue } from '../bounded-queue.ts';
import type { StreamChannel } from '../bus.ts';
import { decode } from '../codec.ts';
import { StreamItem } from '../messages.ts';
import type { NatsLink } from './connection.ts';

const text = StringCodec();
const limit = 10_000;
const itemBytes = 768 * 1024;

/** Logs and samples over core NATS: live, bounded, and dropped with a count while nobody can take them. */
export function createStreams(link: NatsLink, prefix: string): StreamChannel {
  const subject = `${prefix}.streams`;
  let dropped = 0;
  return {
    publish(item) {
      const body = text.encode(JSON.stringify(item));
      // While disconnected the client would buffer without end.
      if (link.problem() !== undefined || body.length > itemBytes) dropped += 1;
      else link.connection.publish(subject, body);
    },
    subscribe({ group, signal }) {
      const ended = AbortSignal.any([signal, link.closing]);
      const queue = createBoundedQueue<StreamItem>(limit, ended);
      if (ended.aborted) return queue;
      const subscription = link.connection.subscribe(subject, {
        ...(group === undefined ? {} : { queue: group }),
        callback: (error, message) => {
          const item = error ? undefined : decodeItem(text.decode(message.data));
          if (!item || !queue.push(item)) dropped += 1;
        },
      });
      ended.addEventListener('abort', () => {
        if (!link.connection.isClosed()) subscription.unsubscribe();
      }, { once: true });
      return queue;
    },
    dropped: () => dropped,
  };
}

function decodeItem(body: string): StreamItem | undefined {
  const item = decode(StreamItem, body);
  return item.ok ? item.value : undefined;
}
