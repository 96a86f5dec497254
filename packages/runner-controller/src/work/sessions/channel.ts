import { randomUUID } from 'node:crypto';
import { CallRefusedError, CallTimeoutError, NobodyServesError, NotInChargeError } from '../bus.ts';
import { readFrame, writeFrame } from './frames.ts';
import type { SessionChannel, SessionOpening } from './port.ts';
import { createEndpoint, silentBeats } from './session.ts';

/** What a session needs of a bus: bodies to an address, in the order of each sender, or not at all. */
export interface SessionWire {
  /** Until the signal fires. Undefined comes to the `replyTo` of a body that nobody listened to. */
  listen(address: string, take: (body: string | undefined) => void, signal: AbortSignal): void;
  put(address: string, body: string, replyTo?: string): void;
  problem(): string | undefined;
  /** As `work`, but rejects as soon as bodies may have been lost. */
  orLost<T>(work: Promise<T>): Promise<T>;
  /** Aborts when the bus closes. */
  readonly closing: AbortSignal;
}

export interface SessionSettings {
  /** How often each side lets itself be heard; after four without a word from the other one, a session is over. */
  beatMs?: number | undefined;
  /** Brings every body onto the bus; a test loses some there, and swaps others. */
  carry?: ((body: string, put: (body: string) => void) => void) | undefined;
}

const openAddress = 'open';
/** A workbench may have to be started for it. */
const openTimeoutMs = 60_000;

/** The channel over any bus. */
export function createSessions(wire: SessionWire, { beatMs = 2_500, carry = (body, put) => put(body) }: SessionSettings = {}): SessionChannel {
  const put = (address: string, body: string, replyTo?: string): void => carry(body, (carried) => wire.put(address, carried, replyTo));

  /** Ends with the bus, and with the connection to it: what crossed it meanwhile is lost. */
  const endWithBus = (endpoint: ReturnType<typeof createEndpoint>): void => {
    const close = (): void => endpoint.end({ reason: 'closed', message: 'the bus is closed' });
    wire.closing.addEventListener('abort', close, { once: true });
    void wire.orLost(endpoint.session.ended)
      .catch(() => endpoint.end({ reason: 'gap', message: 'the connection to the bus was lost' }))
      .finally(() => wire.closing.removeEventListener('abort', close));
  };

  const host = (handler: Parameters<SessionChannel['serve']>[0], opening: SessionOpening, asker: string, signal: AbortSignal): { abandon(): void; done: Promise<void> } => {
    const address = randomUUID();
    let isTaken = false;
    const endpoint = createEndpoint({ address, beatMs, onUse: () => {
      isTaken = true;
      clearInterval(waiting);
      put(asker, writeFrame({ from: address, kind: 'take' }));
      endpoint.begin((body) => put(asker, body));
    } });
    const refuse = (code: string, message: string): void => {
      if (!isTaken) put(asker, writeFrame({ from: address, kind: 'refuse', code, message }));
      endpoint.end({ reason: 'refused', code, message });
    };
    const over = new AbortController();
    const waiting = setInterval(() => isTaken || put(asker, writeFrame({ from: address, kind: 'wait' })), beatMs);
    wire.listen(address, (body) => endpoint.take(body === undefined ? undefined : readFrame(body)), over.signal);
    const stop = (): void => {
      if (isTaken) endpoint.end({ reason: 'closed', message: 'the controller stops' });
      else refuse('runner_unavailable', 'the controller stops');
    };
    signal.addEventListener('abort', stop, { once: true });
    endWithBus(endpoint);
    void endpoint.session.ended.then(() => {
      signal.removeEventListener('abort', stop);
      clearInterval(waiting);
      over.abort();
    });
    const done = Promise.try(handler, opening, endpoint.session).then(() => {
      if (isTaken) endpoint.end({ reason: 'closed' });
      else refuse('failed', 'nobody took the session');
    }, (error: unknown) => {
      if (error instanceof NotInChargeError && !isTaken) endpoint.end({ reason: 'closed', message: 'it is left to the others' });
      else refuse(error instanceof CallRefusedError ? error.code : 'failed', error instanceof Error ? error.message : String(error));
    });
    return { abandon: () => endpoint.end({ reason: 'closed', message: 'nobody waits for it any more' }), done };
  };

  return {
    async open(opening, { signal } = {}) {
      signal?.throwIfAborted();
      const problem = wire.problem();
      if (problem !== undefined) throw new NobodyServesError(problem);
      const address = randomUUID();
      const opened = Promise.withResolvers<void>();
      const endpoint = createEndpoint({ address, beatMs });
      const over = new AbortController();
      let peer: string | undefined;
      let silent = 0;
      wire.listen(address, (body) => {
        if (body === undefined) return peer === undefined ? opened.reject(new NobodyServesError('nobody serves sessions now')) : undefined;
        const frame = readFrame(body);
        silent = 0;
        if (peer !== undefined && frame?.kind === 'take') return put(frame.from, writeFrame({ from: address, kind: 'end', end: { reason: 'closed', message: 'another one has taken it' } }));
        if (frame?.kind === 'refuse') return peer === undefined ? opened.reject(new CallRefusedError(frame.code, frame.message)) : undefined;
        if (frame?.kind === 'take') {
          const { from } = frame;
          peer = from;
          endpoint.begin((out) => put(from, out));
          opened.resolve();
        } else if (frame === undefined || (frame.from === peer && frame.kind !== 'wait')) {
          endpoint.take(frame);
        }
      }, over.signal);
      const giveUp = (): void => opened.reject(signal?.reason);
      const close = (): void => opened.reject(new NobodyServesError('the bus is closed'));
      const timer = setTimeout(() => opened.reject(new CallTimeoutError(`nobody took the session within ${openTimeoutMs / 1_000} s`)), openTimeoutMs);
      // Where nobody is in charge nobody answers: whoever works on it says so.
      const listening = setInterval(() => ++silent >= silentBeats && opened.reject(new CallTimeoutError('nobody is in charge of sessions now')), beatMs);
      signal?.addEventListener('abort', giveUp, { once: true });
      wire.closing.addEventListener('abort', close, { once: true });
      try {
        put(openAddress, writeFrame({ from: address, kind: 'open', opening }), address);
        await wire.orLost(opened.promise);
      } catch (error) {
        over.abort();
        const reason = wire.problem();
        if (reason !== undefined && !signal?.aborted) throw new NobodyServesError(reason, { cause: error });
        put(openAddress, writeFrame({ from: address, kind: 'abandon' }));
        throw error;
      } finally {
        clearTimeout(timer);
        clearInterval(listening);
        signal?.removeEventListener('abort', giveUp);
        wire.closing.removeEventListener('abort', close);
      }
      endWithBus(endpoint);
      void endpoint.session.ended.then(() => over.abort());
      return endpoint.session;
    },
    async serve(handler, { signal }) {
      const ended = AbortSignal.any([signal, wire.closing]);
      if (ended.aborted) return;
      const hosted = new Map<string, () => void>();
      wire.listen(openAddress, (body) => {
        const frame = body === undefined ? undefined : readFrame(body);
        if (frame?.kind === 'abandon') return hosted.get(frame.from)?.();
        if (frame?.kind !== 'open') return;
        const { abandon, done } = host(handler, frame.opening, frame.from, ended);
        hosted.set(frame.from, abandon);
        void done.then(() => hosted.delete(frame.from));
      }, ended);
      await new Promise<void>((resolve) => ended.addEventListener('abort', () => resolve(), { once: true }));
    },
  };
}
