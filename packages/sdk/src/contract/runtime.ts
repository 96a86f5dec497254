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

export const runtimeRoutes = {
  read: defineRoute({ method: 'GET', path: '/v1/runtime', summary: 'Read what runs the apps and how well it isolates them', access: 'session', status: 200, response: RuntimeFacts, errors: ['runner_unavailable'] }),
} as const;
