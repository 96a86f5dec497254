import * as z from 'zod/mini';
import { defineRoute } from './route.ts';

/** What the limits of one app may be, and what they are until an operator sets others. In mebibytes. */
export const limitBounds = {
  memoryMiB: { default: 1_536, minimum: 64, maximum: 65_536 },
  folderMiB: { default: 512, minimum: 16, maximum: 65_536 },
} as const;

const own = ({ minimum, maximum }: { minimum: number; maximum: number }) => z._default(z.nullable(z.int().check(z.minimum(minimum), z.maximum(maximum))), null);

/** Null: what every app has. A name that is not known is refused: with a slip of the pen all would be as for every app. */
export const LimitValues = z.strictObject({
  /** Memory of the app and all that it starts. */
  memoryMiB: own(limitBounds.memoryMiB),
  /** The folder that it writes to. */
  folderMiB: own(limitBounds.folderMiB),
}).register(z.globalRegistry, { id: 'LimitValues', description: 'The limits that an operator has set for one app; what is null or not named is as for every app.' });
export type LimitValues = z.infer<typeof LimitValues>;

const Limit = z.object({
  /** What an operator has set; null when the default holds. */
  own: z.nullable(z.int()),
  /** What holds from the newest deployment on. */
  limit: z.int(),
  /** What the app holds now, in tenths; absent when that is not known: while nothing of it runs, when whoever runs it does not say, and in the answer to who sets it. On Kubernetes each pod has the whole limit, and this is of the one that holds most. */
  used: z.optional(z.number()),
  default: z.int(),
  minimum: z.int(),
  maximum: z.int(),
}).register(z.globalRegistry, { id: 'AppLimit' });

export const AppLimits = z.object({ memoryMiB: Limit, folderMiB: Limit }).register(z.globalRegistry, { id: 'AppLimits', description: 'How much of the machine an app may have, and between which bounds an operator may set it.' });
export type AppLimits = z.infer<typeof AppLimits>;

const params = z.object({ appId: z.string() });

export const limitRoutes = {
  read: defineRoute({ method: 'GET', path: '/v1/apps/:appId/limits', summary: 'Read how much of the machine an app may have', access: 'apps:read', params, status: 200, response: AppLimits, errors: ['app_not_found'] }),
  put: defineRoute({
    method: 'PUT', path: '/v1/apps/:appId/limits', summary: 'Say how much of the machine an app may have; what is live is swapped for the same revision with it, what is suspended when it is resumed', access: 'operator', params,
    body: LimitValues, status: 200, response: AppLimits, errors: ['app_not_found'],
  }),
} as const;
