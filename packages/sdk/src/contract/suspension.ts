import * as z from 'zod/mini';

/** By the operator: since when, and why if they said so. */
export const Suspension = z.object({ at: z.string(), reason: z.optional(z.string()) }).register(z.globalRegistry, { id: 'Suspension', description: 'Nothing is served until the operator resumes it.' });
export type Suspension = z.infer<typeof Suspension>;
/** Why, in the operator's words: kept in the audit log. */
export const Reason = z.object({ reason: z.optional(z.string().check(z.trim(), z.minLength(1), z.maxLength(500))) }).register(z.globalRegistry, { id: 'Reason' });
