import { StringCodec } from 'nats';
import type { SessionWire } from '../sessions/channel.ts';
import type { NatsLink } from './connection.ts';

const text = StringCodec();
const nobodyListens = 503;

/** Core NATS: nobody stores anything, and what a session loses ends it. */
export function createSessionWire(link: NatsLink, prefix: string): SessionWire {
  const toSubject = (address: string): string => `${prefix}.sessions.${address}`;
  return {
    listen(address, take, signal) {
      const subscription = link.connection.subscribe(toSubject(address), {
        callback: (error, message) => {
          if (!error) take(message.headers?.code === nobodyListens ? undefined : text.decode(message.data));
        },
      });
      signal.addEventListener('abort', () => {
        if (!link.connection.isClosed()) subscription.unsubscribe();
      }, { once: true });
    },
    put(address, body, replyTo) {
      // While disconnected the client would buffer without end; the last words of a bus that closes still go out.
      if (link.connection.isClosed() || (link.problem() !== undefined && !link.closing.aborted)) return;
      link.connection.publish(toSubject(address), text.encode(body), replyTo === undefined ? {} : { reply: toSubject(replyTo) });
    },
    problem: () => link.problem(),
    orLost: (work) => link.orLost(work),
    closing: link.closing,
  };
}
