import * as z from 'zod/mini';

/** How the controller fetches an environment: from the server's internal HTTP, with its own credential. The version is part of the address, so an answer never changes. */
export const environmentPath = (appId: string, version: number, values: 'live' | 'draft'): string => `/internal/v1/environments/${encodeURIComponent(appId)}/${version}/${values}`;

/** Values of an app's variables; `secrets` names those that are masked wherever they are seen. */
export const EnvironmentValues = z.object({ variables: z.record(z.string(), z.string()), secrets: z.array(z.string()) });
export type EnvironmentValues = z.infer<typeof EnvironmentValues>;
