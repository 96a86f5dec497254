import type { Context } from 'koa';
import type { Body } from './bodies.ts';
import { readBody, refuseEncoding, requireType } from './json-body.ts';

export const zipType = 'application/zip';
/** A draft that cannot be packed at all, and what an archive adds to it. */
const limitBytes = 6_000_000;

/** The address takes an archive and no JSON. */
export const takesArchive = (path: string): boolean => /^\/v1\/apps\/[^/]+\/draft\/(?:import|unpack)$/.test(path);

/** The bytes of a body; throws `unsupported_media_type`, or `body_too_large` before more is kept than an archive may have. */
export async function readBytes(ctx: Context, body: Body): Promise<Buffer> {
  requireType(ctx, zipType);
  refuseEncoding(ctx);
  return readBody(ctx.req, body, limitBytes);
}
