import * as z from 'zod/mini';
import { FailureReport, Finding } from '@fapi/sdk/contract';

const Said = z.object({ generation: z.int(), report: FailureReport, finding: Finding });

/** What a row reads of the agent's `app` event. */
export const AppEvent = z.object({
  appId: z.string(),
  phase: z.string(),
  parked: z.optional(z.object({ generation: z.int() })),
  failure: z.optional(Said),
  trouble: z.optional(Said),
});
export type AppEvent = z.infer<typeof AppEvent>;
