import { ErrorCode, NatsError, StringCodec, type Subscription } from 'nats';
import { answerCall, toAnswer } from '../answers.ts';
import { type CallChannel, CallTimeoutError, NobodyServesError } from '../bus.ts';
import type { NatsLink } from './connection.ts';

const text = StringCodec();

/** Question and answer over core NATS: one of those who serve answers, nobody stores anything. */
export function createCalls(link: NatsLink, prefix: string): CallChannel {
  const subject = `${prefix}.calls`;
  return {
    async request(call, { timeoutMs, signal }) {
      signal?.throwIfAborted();
      if (link.problem()) throw new NobodyServesError(link.problem());
      const aborted = Promise.withResolvers<never>();
      const onAbort = (): void => aborted.reject(signal?.reason);
      signal?.addEventListener('abort', onAbort, { once: true });
      // Without a request in flight any more, a late abort is nobody's to handle.
      aborted.promise.catch(() => undefined);
      try {
        const answer = await Promise.race([link.connection.request(subject, text.encode(JSON.stringify(call)), { timeout: Math.round(timeoutMs) }), aborted.promise]);
        return toAnswer(text.decode(answer.data));
      } catch (error) {
        if (!(error instanceof NatsError)) throw error;
        if (error.code === ErrorCode.NoResponders) throw new NobodyServesError(`nobody serves "${call.kind}" calls`, { cause: error });
        throw new CallTimeoutError(`no answer to "${call.kind}" within ${timeoutMs} ms`, { cause: error });
      } finally {
        signal?.removeEventListener('abort', onAbort);
      }
    },
    async serve(handler, signal) {
      const ended = AbortSignal.any([signal, link.closing]);
      if (ended.aborted) return;
      const subscription: Subscription = link.connection.subscribe(subject, {
        queue: 'controllers',
        callback: (error, message) => {
          if (error) return;
          void answerCall(handler, text.decode(message.data), ended).then((answer) => {
            if (!link.connection.isClosed()) message.respond(text.encode(answer));
          });
        },
      });
      await new Promise<void>((resolve) => ended.addEventListener('abort', () => resolve(), { once: true }));
      if (!link.connection.isClosed()) subscription.unsubscribe();
    },
  };
}
