import { smallBytes } from './write-together.ts';

const idempotentMethods = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE']);

/** Repeating it does no harm. */
export const isIdempotent = (method: string): boolean => idempotentMethods.has(method);

/** On a unix socket (`isLocal`) `EPIPE` says that the app had closed before we wrote, `ECONNRESET` that it closed with our bytes unread; a plain end says nothing. Over a network neither says anything: a first part may have been read. */
export function isUnread(code: string | undefined, earlyBytes: number, isLocal: boolean): boolean {
  return isLocal && earlyBytes <= smallBytes && (code === 'EPIPE' || code === 'ECONNRESET');
}
