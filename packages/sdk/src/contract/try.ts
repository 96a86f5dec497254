import * as z from 'zod/mini';
import { defineRoute } from './route.ts';
import { isHeaderOfTheWay, tryLimits, tryMethods } from './try-limits.ts';

export const TryMethod = z.enum(tryMethods);
export type TryMethod = z.infer<typeof TryMethod>;

const HeaderName = z.string().check(
  z.regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,200}$/, 'the name of a header is letters, digits and - mostly, and has no blanks'),
  z.refine((name) => !isHeaderOfTheWay(name), 'is written on the way to the app: leave it out'),
);
const HeaderValue = z.string().check(z.maxLength(8_000), z.regex(/^[\t\x20-\x7e\x80-\xff]*$/, 'the value of a header is one line of Latin letters'));
const isBase64 = (text: string): boolean => text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);

export const TryRequest = z.object({
  method: TryMethod,
  /** From the first `/` on, with the query, percent-encoded as it goes over the wire. Never a whole address: it is always this app that is asked. */
  path: z.string().check(z.maxLength(tryLimits.pathCharacters), z.regex(/^\/[\x21\x22\x24-\x7e]*$/, 'a path begins with /, and is percent-encoded: without blanks, letters beyond ASCII and #')),
  /** Sent as they stand, and no others. */
  headers: z._default(z.array(z.tuple([HeaderName, HeaderValue])).check(z.maxLength(tryLimits.headers)), []),
  /** Of at most 1,000,000 bytes, decoded. */
  body: z.optional(z.string()),
  bodyEncoding: z._default(z.enum(['utf8', 'base64']), 'utf8'),
  /** So long the app may take. */
  deadlineMs: z._default(z.int().check(z.minimum(100), z.maximum(tryLimits.deadlineMs)), tryLimits.deadlineMs),
}).check(z.refine(({ body, bodyEncoding }) => body === undefined || bodyEncoding === 'utf8' || isBase64(body), { message: 'is not base64', path: ['body'] })).register(z.globalRegistry, { id: 'TryRequest', description: 'One request to an app, as its builder has put it together.' });
export type TryRequest = z.infer<typeof TryRequest>;

export const TryAnswer = z.object({
  status: z.int(),
  /** In their order; a name may come more than once. */
  headers: z.array(z.tuple([z.string(), z.string()])),
  /** Text when its bytes are UTF-8, base64 when they are not. */
  body: z.string(),
  bodyEncoding: z.enum(['utf8', 'base64']),
  /** Of the body as it is here, in bytes. */
  bodyBytes: z.int(),
  /** The app had more to say. */
  isTruncated: z.boolean(),
  /** Why it stops there: at 1,000,000 bytes, at the deadline, or because the app broke off. */
  truncatedBy: z.optional(z.enum(['size', 'time', 'app'])),
  /** When it was sent, by the server's clock. */
  sentAt: z.string(),
  /** From the first byte that was sent to the last one that was read. */
  durationMs: z.number(),
  /** Digest of the revision that answered. */
  revision: z.optional(z.string()),
}).register(z.globalRegistry, { id: 'TryAnswer', description: 'What an app answered, whatever its status.' });
export type TryAnswer = z.infer<typeof TryAnswer>;

// Nothing of ours changes, and what the app does with it must not be done twice.
export const tryRoute = defineRoute({
  method: 'POST', path: '/v1/apps/:appId/try', summary: 'Send one request to the live app and read its answer, as a page of another origin cannot', access: 'drafts:write', isRead: true, params: z.object({ appId: z.string() }),
  body: TryRequest, status: 200, response: TryAnswer,
  errors: ['app_not_found', 'not_live', 'app_suspended', 'workspace_suspended', 'app_unavailable', 'app_answer_invalid', 'app_timeout', 'gateway_unavailable'],
});
