import * as z from 'zod/mini';

/** Query of a list route: at most `limit` items after `cursor`. */
export const PageQuery = z.object({
  limit: z._default(z.coerce.number().check(z.int(), z.minimum(1), z.maximum(100)), 50),
  cursor: z.optional(z.string().check(z.maxLength(200))),
});

/** A page of items; `nextCursor` is absent on the last one. */
export function pageOf<T extends z.ZodMiniType>(item: T) {
  return z.object({ items: z.array(item), nextCursor: z.optional(z.string()) });
}
export interface Page<T> { items: T[]; nextCursor?: string | undefined }
