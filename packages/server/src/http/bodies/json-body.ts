import { isUtf8 } from 'node:buffer';
import type { Context } from 'koa';
import { DomainError } from '../../domain/errors.ts';
import type { Body } from './bodies.ts';
import { findJsonFault } from './json-place.ts';

/** Files may be large (5 MB of text, more as JSON). All else is small; the most is what the contract lets lists hold, such as 500 grants with every letter escaped. */
const [largeBytes, smallBytes] = [16_000_000, 1_000_000];
const takesMuch = /^\/v1\/(validate|apps(\/[^/]+\/(draft|validate|test|convert|deployments|environment|try))?)\/?$/i;
/** No body of ours comes near: what has more levels or values only keeps the parser busy, for seconds at 16 MB. */
const [levelsMax, valuesMax] = [100, 100_000];
/** In a longer text nobody looks for the place by hand, and neither do we: it would hold up everybody else. */
const searchedLetters = 1_000_000;

/** What the body says; undefined when there is none. Throws `unsupported_media_type`, `body_too_large`, `invalid_json` or `invalid_request`. Only for callers that are let in: nobody else has us read anything. */
export async function readJson(ctx: Context, body: Body): Promise<unknown> {
  // A few bytes could unpack to as much as is taken at all.
  refuseEncoding(ctx);
  const bytes = await readBody(ctx.req, body, takesMuch.test(ctx.path) ? largeBytes : smallBytes);
  if (bytes.length === 0) return undefined;
  checkShape(bytes);
  // Read as text it would be, with other letters where these bytes stand, and saved like that.
  if (!isUtf8(bytes)) throw new DomainError('invalid_json', 'it is not in UTF-8');
  const text = bytes.toString('utf8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new DomainError('invalid_json', text.length > searchedLetters ? undefined : findJsonFault(text));
  }
  if (typeof value === 'object' && value !== null) return value;
  throw new DomainError('invalid_json', `an object is expected, and the body is ${value === null ? 'null' : `a ${typeof value}`}`);
}

/** Of a type or an encoding that somebody has sent: as much of it as says what it is. */
const quoted = (text: string): string => JSON.stringify(text.slice(0, 60));

/** Throws `unsupported_media_type` when the body is packed. */
export function refuseEncoding(ctx: Context): void {
  const encoding = ctx.get('content-encoding');
  if (encoding !== '') throw new DomainError('unsupported_media_type', `send it without content-encoding: it came with ${quoted(encoding)}`);
}

/** Throws `unsupported_media_type` when the body is said to be of another type, or of none. */
export function requireType(ctx: Context, type: string): void {
  const given = ctx.get('content-type');
  if (!ctx.is(type)) throw new DomainError('unsupported_media_type', `send it as ${type}: it came ${given === '' ? 'without a content-type' : `as ${quoted(given)}`}`);
}

/** The whole body; throws `body_too_large` before more than `limitBytes` is kept, and `rate_limited` when too much is kept already. */
export async function readBody(request: Context['req'], body: Body, limitBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    // Not destroyed when it is too much, and read to its end unkept: the answer has to go out on the same connection.
    for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > limitBytes) break;
      body.take(chunk.length);
      chunks.push(chunk);
    }
  } catch (error) {
    request.resume();
    // Whoever has hung up is nobody's trouble but its own, least of all the database's: that fails with the same code.
    throw error instanceof DomainError ? error : new DomainError('invalid_request', 'the body broke off');
  }
  if (bytes <= limitBytes) return Buffer.concat(chunks);
  request.resume();
  // Of one that comes in chunks nobody has said how much it will be.
  const length = Number(request.headers['content-length'] ?? Number.NaN);
  const [used, said] = length > limitBytes ? [length, `${length}`] : [undefined, `more than ${limitBytes}`];
  const message = `the body has ${said} bytes, and ${limitBytes} are taken here`;
  throw new DomainError('body_too_large', message, { issues: [{ path: '/', message, limit: limitBytes, ...(used === undefined ? {} : { used }) }] });
}

const [quote, backslash, comma, openList, closeList, openObject, closeObject] = [...'"\\,[]{}'].map((letter) => letter.charCodeAt(0)) as [number, number, number, number, number, number, number];

/** Counts what is outside of strings, a hundred times as fast as it would be parsed. */
function checkShape(bytes: Buffer): void {
  let [levels, values] = [0, 0];
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]!;
    if (byte === quote) at = endOfString(bytes, at);
    else if (byte === comma) values++;
    else if (byte === openList || byte === openObject) [levels, values] = [levels + 1, values + 1];
    else if (byte === closeList || byte === closeObject) levels--;
    if (levels > levelsMax) throw tooMuch('levels', levelsMax);
    if (values > valuesMax) throw tooMuch('values', valuesMax);
  }
}

function tooMuch(what: string, most: number): DomainError {
  const message = `the body has more than ${most} ${what}`;
  return new DomainError('invalid_request', message, { issues: [{ path: '/', message }] });
}

function endOfString(bytes: Buffer, from: number): number {
  for (let at = from + 1; ; at++) {
    at = bytes.indexOf(quote, at);
    if (at === -1) return bytes.length;
    let escapes = 0;
    while (bytes[at - 1 - escapes] === backslash) escapes++;
    if (escapes % 2 === 0) return at;
  }
}
