import type { RuntimeFacts, RuntimePackages } from '@fapi/sdk/contract';
import { type Call, type CallAnswer, CallTimeoutError, NobodyServesError, schemaVersion } from '@fapi/runner-controller/work';
import { DomainError } from '../domain/errors.ts';
import type { Context } from './context.ts';

const pingMs = 1_000;

/** Asks whoever runs apps; throws `runner_unavailable` when nobody answers in time or `signal` says that the answer is nobody's any more, and `workbench_busy` when it has no room for what is being edited. */
export async function askRunner<K extends Call['kind']>(context: Context, call: Extract<Call, { kind: K }>, timeoutMs: number, signal?: AbortSignal): Promise<Extract<CallAnswer, { kind: K }>> {
  try {
    const answer = await context.bus.calls.request(call, { timeoutMs, ...(signal ? { signal } : {}) });
    if (answer.kind === call.kind) return answer as Extract<CallAnswer, { kind: K }>;
    if (answer.kind === 'refused' && answer.code === 'workbench_busy') throw new DomainError('workbench_busy', answer.message);
    throw new DomainError('runner_unavailable', answer.kind === 'refused' ? answer.message : 'the runner answered something else');
  } catch (error) {
    if (error instanceof NobodyServesError || error instanceof CallTimeoutError) throw new DomainError('runner_unavailable', error.message);
    if (signal?.aborted) throw new DomainError('runner_unavailable', 'whoever asked has left, or the server is being ended');
    throw error;
  }
}

const describe = async (context: Context) => (await askRunner(context, { schema: schemaVersion, kind: 'ping' }, pingMs)).runtime;

/** What runs the apps, as it is now; throws `runner_unavailable` as `askRunner` does. */
export async function askRuntime(context: Context): Promise<RuntimeFacts> {
  const { packages: _, ...facts } = await describe(context);
  return facts;
}

/** What all apps can import where they run; throws `runner_unavailable` as `askRunner` does, and of a runner that is too old to say it. */
export async function askPackages(context: Context): Promise<RuntimePackages> {
  const { python, packages } = await describe(context);
  if (packages === undefined) throw new DomainError('runner_unavailable', 'the runner is older than this server, and does not say which packages it has');
  return { python, packages: Object.entries(packages).map(([name, version]) => ({ name, version })) };
}
