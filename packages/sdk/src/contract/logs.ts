import * as z from 'zod/mini';
import { logLevels } from './log-entries.ts';
import { defineRoute } from './route.ts';

export const LogLine = z.object({
  /** Grows over the life of an app; unique within it. */
  seq: z.int(),
  at: z.string(),
  stream: z.enum(['stdout', 'stderr', 'system']),
  generation: z.int(),
  text: z.string(),
}).register(z.globalRegistry, { id: 'LogLine' });
export type LogLine = z.infer<typeof LogLine>;

/** The newest lines, oldest first: fewer than asked for when no more are kept, or when they are long. */
export const LogTail = z.object({ lines: z.array(LogLine) }).register(z.globalRegistry, { id: 'LogTail', description: 'The newest lines that an app has printed, oldest first.' });
export type LogTail = z.infer<typeof LogTail>;

export const logRoutes = {
  read: defineRoute({
    method: 'GET', path: '/v1/apps/:appId/logs', summary: 'Read the newest lines that an app has printed', access: 'logs:read', params: z.object({ appId: z.string() }),
    query: z.object({
      limit: z._default(z.coerce.number().check(z.int(), z.minimum(1), z.maximum(2_000)), 500),
      /** Those of one deployment only, by its number. */
      generation: z.optional(z.coerce.number().check(z.int(), z.minimum(0))),
      /** Those that are at least so grave: a traceback counts as one. */
      level: z.optional(z.enum(logLevels)),
    }), status: 200, response: LogTail, errors: ['app_not_found'],
  }),
} as const;
