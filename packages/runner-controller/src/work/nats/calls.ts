import { randomUUID } from 'node:crypto';
import { ErrorCode, headers, NatsError, StringCodec, type Subscription } from 'nats';
import { answerCall, toAnswer } from '../answers.ts';
import { type CallChannel, CallTimeoutError, NobodyServesError } from '../bus.ts';
import type { NatsLink } from './connection.ts';

const text = StringCodec();
/** How long the asker waits, so that nobody works for one who has left. */
const timeoutHeader = 'Fapi-Timeout-Ms';
/** Said again on the subject of those who have left, to everybody who may be at work for them. */
const callHeader = 'Fapi-Call';

const longestMs = 120_000;

/** Question and answer over core NATS: nobody stores anything. No queue group, in which a frozen member would be given its share of the calls until the server misses it, minutes later. */
export function createCalls(link: NatsLink, prefix: string): CallChannel {
  const subject = `${prefix}.calls`;
  const leftSubject = `${subject}.left`;
  return {
    async request(call, { timeoutMs, signal }) {
      signal?.throwIfAborted();
      const problem = link.problem();
      if (problem) throw new NobodyServesError(problem);
      const aborted = Promise.withResolvers<never>();
      const number = randomUUID();
      const onAbort = (): void => {
        if (!link.connection.isClosed()) link.connection.publish(leftSubject, text.encode(number));
        aborted.reject(signal?.reason);
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      // Without a request in flight any more, a late abort is nobody's to handle.
      aborted.promise.catch(() => undefined);
      const timeout = Math.max(1, Math.round(timeoutMs));
      const head = headers();
      head.set(timeoutHeader, String(timeout));
      head.set(callHeader, number);
      try {
        const answer = await Promise.race([link.orLost(link.connection.request(subject, text.encode(JSON.stringify(call)), { timeout, headers: head })), aborted.promise]);
        return toAnswer(text.decode(answer.data));
      } catch (error) {
        const reason = link.problem();
        if (reason && !signal?.aborted) throw new NobodyServesError(reason, { cause: error });
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
      const asked = new Map<string, AbortController>();
      const subscription: Subscription = link.connection.subscribe(subject, {
        callback: (error, message) => {
          if (error) return;
          const timeoutMs = Number(message.headers?.get(timeoutHeader) || longestMs);
          const number = message.headers?.get(callHeader) ?? '';
          const left = new AbortController();
          asked.set(number, left);
          const signal = AbortSignal.any([ended, left.signal, AbortSignal.timeout(Math.min(Number.isInteger(timeoutMs) && timeoutMs > 0 ? timeoutMs : longestMs, longestMs))]);
          void answerCall(handler, text.decode(message.data), signal).then((answer) => {
            if (asked.get(number) === left) asked.delete(number);
            if (answer !== undefined && !left.signal.aborted && !link.connection.isClosed()) message.respond(text.encode(answer));
          });
        },
      });
      const leaving = link.connection.subscribe(leftSubject, { callback: (error, message) => error ?? asked.get(text.decode(message.data))?.abort(new Error('whoever asked has left')) });
      await new Promise<void>((resolve) => ended.addEventListener('abort', () => resolve(), { once: true }));
      if (!link.connection.isClosed()) for (const one of [subscription, leaving]) one.unsubscribe();
    },
  };
}
