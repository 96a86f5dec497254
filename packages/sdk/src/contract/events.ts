import * as z from 'zod/mini';
import { App, Metrics } from './apps.ts';
import { Deployment } from './deployments.ts';
import { LogLine } from './logs.ts';
import { Person } from './presence.ts';
import { defineRoute } from './route.ts';

export const topics = ['apps', 'deployments', 'logs', 'metrics'] as const;
export type Topic = (typeof topics)[number];

/**
 * What the stream carries. `app`, `deployment` and `log` are durable and have an id to resume from; `metrics` and `presence` (with the topic `apps`) are the present value and have none.
 * `reset` means that the past after the given id is gone: read everything again.
 */
export const StreamEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('app'), id: z.string(), appId: z.string(), app: App }),
  z.object({ type: z.literal('app_deleted'), id: z.string(), appId: z.string() }),
  z.object({ type: z.literal('deployment'), id: z.string(), appId: z.string(), deployment: Deployment }),
  z.object({ type: z.literal('log'), id: z.string(), appId: z.string(), lines: z.array(LogLine), dropped: z.int() }),
  z.object({ type: z.literal('metrics'), appId: z.string(), metrics: Metrics }),
  z.object({ type: z.literal('presence'), appId: z.string(), people: z.array(Person) }),
  z.object({ type: z.literal('ready'), id: z.string() }),
  z.object({ type: z.literal('reset'), id: z.string() }),
  z.object({ type: z.literal('expiring'), inMs: z.int() }),
]).register(z.globalRegistry, { id: 'StreamEvent' });
export type StreamEvent = z.infer<typeof StreamEvent>;

/** `apps` and `topics` are comma-separated; no `apps` means every app the token may see. `since` is an id for the first call, `0` for all that is kept. */
export const EventsQuery = z.object({
  apps: z.optional(z.string().check(z.maxLength(4_000))),
  topics: z.optional(z.string().check(z.maxLength(200))),
  since: z.optional(z.string().check(z.regex(/^\d{1,15}$/, 'an id of the stream is a number'))),
});

export const eventRoutes = {
  stream: defineRoute({
    method: 'GET', path: '/v1/events', summary: 'Follow apps, deployments, logs and metrics as server-sent events', access: 'session', query: EventsQuery,
    headers: z.object({ 'last-event-id': z.optional(z.string().check(z.regex(/^\d{1,15}$/, 'an id of the stream is a number'))) }), status: 200, response: 'event-stream', errors: ['app_not_found'],
  }),
} as const;
