import type { Context } from 'koa';
import { DomainError } from '../domain/errors.ts';

export const zipType = 'application/zip';
/** A draft that cannot be packed at all, and what an archive adds to it. */
const limitBytes = 6_000_000;

/** The address takes an archive and no JSON. */
export const takesArchive = (path: string): boolean => /^\/v1\/apps\/[^/]+\/draft\/import$/.test(path);

/** The bytes of a body; throws `unsupported_media_type`, or `body_too_large` before more is kept than an archive may have. */
export async function readBytes(ctx: Context): Promise<Buffer> {
  if (!ctx.is(zipType) || ctx.get('content-encoding') !== '') throw new DomainError('unsupported_media_type', `send it as ${zipType}, without content-encoding`);
  const chunks: Buffer[] = [];
  let bytes = 0;
  // Not destroyed when it is too much, and read to its end unkept: the answer has to go out on the same connection.
  for await (const chunk of ctx.req.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > limitBytes) break;
    chunks.push(chunk);
  }
  if (bytes <= limitBytes) return Buffer.concat(chunks);
  ctx.req.resume();
  throw new DomainError('body_too_large', `an archive has at most ${limitBytes} bytes`);
}
