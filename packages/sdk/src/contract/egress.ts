import * as z from 'zod/mini';
import { defineRoute } from './route.ts';

/** One address that an app may connect to. A private one may be named; those of the machine's own metadata, of fapi and of other apps never. */
export const EgressGrant = z.object({
  /** A host name or an IP address. */
  host: z.string().check(z.minLength(1), z.maxLength(253), z.regex(/^[A-Za-z0-9.:-]+$/, 'a host is a name or an address, made of letters, digits, . : and -')),
  port: z.int().check(z.minimum(1), z.maximum(65_535)),
}).register(z.globalRegistry, { id: 'EgressGrant', description: 'One address that an app may connect to.' });
export type EgressGrant = z.infer<typeof EgressGrant>;

export const Egress = z.object({ grants: z.array(EgressGrant).check(z.maxLength(50)) }).register(z.globalRegistry, { id: 'Egress', description: 'Where an app may connect to; nowhere when empty.' });
export type Egress = z.infer<typeof Egress>;

const params = z.object({ appId: z.string() });

export const egressRoutes = {
  read: defineRoute({ method: 'GET', path: '/v1/apps/:appId/egress', summary: 'Read where an app may connect to', access: 'apps:read', params, status: 200, response: Egress, errors: ['app_not_found'] }),
  put: defineRoute({
    method: 'PUT', path: '/v1/apps/:appId/egress', summary: 'Say where an app may connect to; what is live is swapped for the same revision with it, what is suspended when it is resumed', access: 'operator', params,
    body: Egress, status: 200, response: Egress, errors: ['app_not_found', 'egress_not_allowed'],
  }),
} as const;
