import { lookup } from 'node:dns/promises';
import { connect, isIP, type Socket } from 'node:net';
import { getSystemErrorMessage } from 'node:util';
import { abortable } from '../abortable.ts';
import type { FindObjection } from './boundary.ts';

/** Why an app was not connected, as its agent is told; the agent makes of it what it says itself where it connects. */
export type RefusalReason = 'never' | 'failed' | 'silent' | 'not_granted' | 'unknown_pod' | 'bad_request';
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
  readonly reason: RefusalReason;

  constructor(reason: RefusalReason, text: string) {
    super(text);
    this.reason = reason;
  }
}

/** Every address of a name, each once. Rejects with the system's error. */
export type Resolve = (host: string) => Promise<readonly string[]>;
const askSystem: Resolve = async (host) => [...new Set((await lookup(host, { all: true })).map(({ address }) => address.replace(/%.*$/, '')))];

/** Asks for a name once at a time, however many wait for it: the system's threads for that are few, and a slow name server must not have them all. */
export function createResolve(ask: Resolve = askSystem): Resolve {
  const asking = new Map<string, Promise<readonly string[]>>();
  return (host) => {
    const known = asking.get(host);
    if (known) return known;
    const made = ask(host).finally(() => asking.delete(host));
    asking.set(host, made);
    return made;
  };
}

export interface DialOptions { findObjection: FindObjection; resolve: Resolve; attemptMs: number; totalMs: number }

const addressLimit = 4;

/** Connects to what is behind a grant now. Rejects with `RefusedError`. Names are asked for once, and the very addresses that were judged are connected to: no later answer of a name server counts. */
export async function dial(host: string, port: number, { findObjection, resolve, attemptMs, totalMs }: DialOptions): Promise<Socket> {
  const isNamed = isIP(host) === 0;
  const deadline = AbortSignal.timeout(totalMs);
  try {
    const addresses = isNamed ? await abortable(resolve(host), deadline) : [host];
    const judged = addresses.map((address) => ({ address, objection: findObjection(address, port, isNamed) }));
    const allowed = judged.filter(({ objection }) => objection === undefined).slice(0, addressLimit);
    if (allowed.length === 0) throw judged[0] ? new RefusedError('never', `${judged[0].address} is ${judged[0].objection}`) : new RefusedError('failed', 'it has no address');
    let failure: unknown;
    for (const { address } of allowed) {
      try {
        return await open(address, port, AbortSignal.any([deadline, AbortSignal.timeout(attemptMs)]));
      } catch (error) {
        failure = error;
        if (deadline.aborted) break;
      }
    }
    throw failure;
  } catch (error) {
    throw toRefusal(error);
  }
}

function open(host: string, port: number, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, allowHalfOpen: true, noDelay: true, keepAlive: true, keepAliveInitialDelay: 30_000 });
    const stop = (): void => void socket.destroy(signal.reason as Error);
    signal.addEventListener('abort', stop, { once: true });
    socket.once('error', reject);
    socket.once('connect', () => {
      signal.removeEventListener('abort', stop);
      socket.removeAllListeners('error');
      // Nothing is read before somebody is there to take it.
      socket.pause();
      resolve(socket);
    });
    if (signal.aborted) stop();
  });
}

function toRefusal(error: unknown): RefusedError {
  if (error instanceof RefusedError) return error;
  const { name, code, errno } = error as { name?: string; code?: string; errno?: number };
  if (name === 'TimeoutError' || code === 'ETIMEDOUT') return new RefusedError('silent', 'it did not answer in time');
  if (code === 'ENOTFOUND' || code === 'EAI_NONAME') return new RefusedError('failed', 'Name or service not known');
  if (code === 'EAI_AGAIN') return new RefusedError('failed', 'Temporary failure in name resolution');
  const text = typeof errno === 'number' ? capitalise(getSystemErrorMessage(errno)) : undefined;
  return new RefusedError('failed', text ?? (error instanceof Error ? error.message : String(error)));
}

const capitalise = (text: string | undefined): string | undefined => text && text.charAt(0).toUpperCase() + text.slice(1);
