import type { FailureReport } from '@fapi/sdk/contract';
import type { AppState } from '../../agent/messages.ts';
import type { Observed } from '../runtime.ts';

/** Pure: what the agent says of an app, in the words of the port. */
export function toObserved(state: AppState | undefined): Observed | undefined {
  if (!state) return undefined;
  const trouble = findTrouble(state);
  return {
    appId: state.appId,
    active: toServing(state.active),
    candidate: toServing(state.candidate),
    health: state.phase === 'idle' ? 'stopped' : state.phase,
    failure: state.failure && { generation: state.failure.generation, report: state.failure.report },
    ...(state.rolledBack ? { rolledBack: { from: state.rolledBack.from, report: state.rolledBack.report } } : {}),
    ...(state.crashLoop ? { isCrashLooping: true } : {}),
    ...(trouble ? { trouble } : {}),
  };
}

const toServing = (serving: { generation: number; digest: string } | undefined) => serving && { generation: serving.generation, revision: serving.digest };

/** What blocks it goes before what it cannot do: nobody is answered meanwhile. */
function findTrouble({ active, stalled, failure, trouble }: AppState): FailureReport | undefined {
  // A candidate that fails during a stall is the newer failure: the line is known no more, but it is still there in the log.
  if (stalled && failure?.generation === active?.generation && failure?.report.class === 'stalled') return failure.report;
  return trouble?.generation === active?.generation ? trouble?.report : undefined;
}
