import type { Progress } from './progress.ts';
import type { Observed } from './runtime/runtime.ts';
import { type RunnerSpec, type RunnerStatus, schemaVersion } from './work/messages.ts';

/** Pure: what to tell the server. Whole every time, so that any lost message is made good by the next one. */
export function makeStatus(spec: RunnerSpec, observed: Observed | undefined, progress: Progress): RunnerStatus {
  const { outcome } = progress;
  const { active, lastCrash } = observed ?? {};
  const crash = observed?.health === 'crashed' || observed?.isCrashLooping ? observed.failure?.report : undefined;
  return {
    schema: schemaVersion,
    appId: spec.appId,
    generation: spec.generation,
    phase: outcome?.phase ?? 'working',
    stages: [...progress.stages],
    health: observed?.health ?? (spec.desired.state === 'live' ? 'unknown' : 'stopped'),
    ...(active ? { serving: { generation: active.generation, revision: active.revision } } : {}),
    ...(outcome?.reason === undefined ? {} : { reason: outcome.reason }),
    ...(outcome?.message === undefined ? {} : { message: outcome.message }),
    ...(outcome?.failure === undefined ? {} : { failure: outcome.failure }),
    ...(outcome?.findings === undefined ? {} : { findings: outcome.findings }),
    ...(crash === undefined ? {} : { crash }),
    ...(lastCrash && lastCrash.generation === active?.generation ? { lastCrash: { at: lastCrash.at, report: lastCrash.report } } : {}),
    ...(observed?.isCrashLooping ? { isCrashLooping: true } : {}),
    ...(observed?.trouble === undefined ? {} : { trouble: observed.trouble }),
    ...(observed?.rolledBack === undefined ? {} : { rolledBack: observed.rolledBack }),
  };
}
