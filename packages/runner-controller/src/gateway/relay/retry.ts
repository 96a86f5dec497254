import { smallBytes } from './write-together.ts';

const idempotentMethods = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE']);

/**
 * May a request be sent again, when a reused connection failed before any byte of an answer? An idempotent one always. Another one only when it was not read:
 * on a unix socket `EPIPE` says that the app had closed before we wrote, `ECONNRESET` that it closed with our bytes unread; a plain end says nothing.
 */
export function canRetry(method: string, code: string | undefined, earlyBytes: number): boolean {
  if (idempotentMethods.has(method)) return true;
  return earlyBytes <= smallBytes && (code === 'EPIPE' || code === 'ECONNRESET');
}
