import { DomainError } from '../domain/errors.ts';

/** Opaque to clients: the sort key of the last item. */
export const writeCursor = (...key: readonly [string, string]): string => Buffer.from(JSON.stringify(key)).toString('base64url');

/** The key that `writeCursor` was given; throws `invalid_request` for anything that it never made. */
export function readCursor(text: string | undefined): readonly [string, string] | undefined {
  if (text === undefined) return undefined;
  try {
    const key = JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as unknown;
    if (Array.isArray(key) && key.length === 2 && typeof key[0] === 'string' && typeof key[1] === 'string' && isTime(key[0]) && !key[1].includes('\0')) return [key[0], key[1]];
  } catch {
    // Said below, as for every other cursor that is not ours.
  }
  throw new DomainError('invalid_request', 'query.cursor is not one of ours: take it from nextCursor', { issues: [{ path: 'query.cursor', message: 'not a cursor of this list' }] });
}

/** JavaScript reads years that Postgres refuses. */
const isTime = (text: string): boolean => /^[12]\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(text) && !Number.isNaN(Date.parse(text));
