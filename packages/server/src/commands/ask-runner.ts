import type { RuntimeFacts } from '@fapi/sdk/contract';
import { type Call, type CallAnswer, CallTimeoutError, NobodyServesError, schemaVersion } from '@fapi/runner-controller/work';
import { DomainError } from '../domain/errors.ts';
import type { Context } from './context.ts';

const pingMs = 1_000;

/** Asks whoever runs apps; throws `runner_unavailable` when nobody answers in time, and `workbench_busy` when it has no room for what is being edited. */
export async function askRunner<K extends Call['kind']>(context: Context, call: Extract<Call, { kind: K }>, timeoutMs: number): Promise<Extract<CallAnswer, { kind: K }>> {
  try {
    const answer = await context.bus.calls.request(call, { timeoutMs });
    if (answer.kind === call.kind) return answer as Extract<CallAnswer, { kind: K }>;
    if (answer.kind === 'refused' && answer.code === 'workbench_busy') throw new DomainError('workbench_busy', answer.message);
    throw new DomainError('runner_unavailable', answer.kind === 'refused' ? answer.message : 'the runner answered something else');
  } catch (error) {
    if (error instanceof NobodyServesError || error instanceof CallTimeoutError) throw new DomainError('runner_unavailable', error.message);
    throw error;
  }
}

/** What runs the apps, as it is now; throws `runner_unavailable` as `askRunner` does. */
export const askRuntime = async (context: Context): Promise<RuntimeFacts> => (await askRunner(context, { schema: schemaVersion, kind: 'ping' }, pingMs)).runtime;
