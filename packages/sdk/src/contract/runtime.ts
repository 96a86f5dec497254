import * as z from 'zod/mini';
import { defineRoute } from './route.ts';

/** One layer between an app and the machine: tried in a real child, never guessed from a version. */
export const IsolationLayer = z.object({ name: z.string(), active: z.boolean(), /** Why it does not hold. */ reason: z.optional(z.string()) }).register(z.globalRegistry, { id: 'IsolationLayer' });
export type IsolationLayer = z.infer<typeof IsolationLayer>;

export const RuntimeFacts = z.object({
  kind: z.string(),
  /** 3 namespaces and all below; 2 landlock, seccomp and limits; 1 seccomp and limits; 0 nothing that stops a hostile app. */
  isolation: z.object({ level: z.int(), layers: z.array(IsolationLayer) }),
  python: z.string(),
  /** Versions of the framework that apps run on. */
  stack: z.record(z.string(), z.string()),
}).register(z.globalRegistry, { id: 'RuntimeFacts', description: 'What runs the apps, and how well it isolates them.' });
export type RuntimeFacts = z.infer<typeof RuntimeFacts>;

export const RuntimePackages = z.object({
  python: z.string(),
  /** What every app can import without asking, by name. */
  packages: z.array(z.object({ name: z.string(), version: z.string() })),
}).register(z.globalRegistry, { id: 'RuntimePackages', description: 'The packages that all apps have, as they are installed where apps run.' });
export type RuntimePackages = z.infer<typeof RuntimePackages>;

export const runtimeRoutes = {
  read: defineRoute({ method: 'GET', path: '/v1/runtime', summary: 'Read what runs the apps and how well it isolates them', access: 'session', status: 200, response: RuntimeFacts, errors: ['runner_unavailable'] }),
  packages: defineRoute({ method: 'GET', path: '/v1/runtime/packages', summary: 'List the packages that all apps have, with their versions', access: 'session', status: 200, response: RuntimePackages, errors: ['runner_unavailable'] }),
} as const;
