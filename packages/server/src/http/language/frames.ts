import * as z from 'zod/mini';
import { DomainError } from '../../domain/errors.ts';

const Authenticate = z.object({ fapi: z.literal('authenticate'), token: z.string(), workspace: z.optional(z.string()) });
export type Authenticate = z.infer<typeof Authenticate>;

/** A frame of ours; undefined for one of the language server protocol. Throws `invalid_json` or `invalid_request`. */
export function readOwn(text: string): Authenticate | undefined {
  let frame: unknown;
  try {
    frame = JSON.parse(text);
  } catch {
    throw new DomainError('invalid_json');
  }
  if (typeof frame !== 'object' || frame === null || Array.isArray(frame)) throw new DomainError('invalid_request', 'a frame is one JSON object');
  if (!('fapi' in frame)) return undefined;
  const own = z.safeParse(Authenticate, frame);
  if (!own.success) throw new DomainError('invalid_request', 'a frame with the field "fapi" is {"fapi":"authenticate","token":"..."}');
  return own.data;
}
