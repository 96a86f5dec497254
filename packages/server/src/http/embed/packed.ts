import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Context } from 'koa';

export type Encoding = 'br' | 'gzip';

interface Kept { readonly etag: string; readonly bodies: Map<Encoding, Promise<Buffer>> }

/** Of text, a third is left by either; the last two levels of brotli take ten times as long for a few per cent. */
const packers = {
  br: (bytes: Buffer) => promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }),
  gzip: (bytes: Buffer) => promisify(gzip)(bytes, { level: 9 }),
} satisfies Record<Encoding, (bytes: Buffer) => Promise<Buffer>>;

/** The best way that whoever asks can read; undefined for the text as it is. Their own order says little: browsers name gzip first. */
export const chooseEncoding = (ctx: Context): Encoding | undefined => (['br', 'gzip'] as const).find((encoding) => ctx.acceptsEncodings(encoding) !== false);

/**
 * Answers files packed, and keeps what it has packed until the file is another one: whoever asks, as often as they like, costs its processor nothing.
 * It holds as much as there are files: ask it for those of one folder only, and never for a name that is not there.
 */
export function createPacked(): (file: string, etag: string, encoding: Encoding) => Promise<Buffer> {
  const files = new Map<string, Kept>();
  return (file, etag, encoding) => {
    let kept = files.get(file);
    if (kept?.etag !== etag) {
      kept = { etag, bodies: new Map() };
      files.set(file, kept);
    }
    const { bodies } = kept;
    const former = bodies.get(encoding);
    if (former) return former;
    // The promise itself: who asks meanwhile waits for the same.
    const body = readFile(file).then(packers[encoding]);
    bodies.set(encoding, body);
    body.catch(() => bodies.delete(encoding));
    return body;
  };
}
