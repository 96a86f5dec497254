import * as z from 'zod/mini';
import { defineRoute } from './route.ts';

export const Health = z.object({ status: z.literal('live') }).register(z.globalRegistry, { id: 'Liveness' });
export const Readiness = z.object({
  status: z.literal('ready'),
  version: z.string(),
  checks: z.record(z.string(), z.object({ ok: z.boolean(), message: z.optional(z.string()) })),
}).register(z.globalRegistry, { id: 'Readiness' });
export type Readiness = z.infer<typeof Readiness>;

export const healthRoutes = {
  live: defineRoute({ method: 'GET', path: '/v1/health/live', summary: 'Is the process not stuck?', access: 'public', status: 200, response: Health, errors: [] }),
  ready: defineRoute({ method: 'GET', path: '/v1/health/ready', summary: 'Can it do work? 503 not_ready when it cannot', access: 'public', status: 200, response: Readiness, errors: [] }),
  openapi: defineRoute({ method: 'GET', path: '/v1/openapi.json', summary: 'This API as an OpenAPI 3.1 document', access: 'public', status: 200, response: z.record(z.string(), z.unknown()), errors: [] }),
} as const;
