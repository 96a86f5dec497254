import * as z from 'zod/mini';
import { defineRoute } from './route.ts';

/** A page is here for this long after its last word. */
export const presenceMs = 45_000;

/** One open page: one person may have several. */
export const Person = z.object({
  /** Which page, as it named itself. */
  page: z.string(),
  /** As the token names them. */
  subject: z.string(),
  /** The file that is shown; absent while none is. */
  path: z.optional(z.string()),
}).register(z.globalRegistry, { id: 'Person', description: 'Somebody who has the draft of an app open.' });
export type Person = z.infer<typeof Person>;

const params = z.object({ appId: z.string(), page: z.string().check(z.regex(/^[\w-]{8,64}$/, 'a page is named by 8 to 64 letters, digits, _ and -')) });

/** Who has an app open. Nothing is kept of it, and nothing follows from it: who is here is told to whoever follows the app, as `presence`. */
export const presenceRoutes = {
  put: defineRoute({
    method: 'PUT', path: '/v1/apps/:appId/presence/:page', summary: 'Say that a page has the app open, and which file; again every 20 s', access: 'apps:read', params,
    body: z.object({ path: z.optional(z.string().check(z.minLength(1), z.maxLength(512))) }), status: 204, errors: ['app_not_found'],
  }),
  delete: defineRoute({ method: 'DELETE', path: '/v1/apps/:appId/presence/:page', summary: 'Say that a page has left the app', access: 'apps:read', params, status: 204, errors: ['app_not_found'] }),
} as const;
