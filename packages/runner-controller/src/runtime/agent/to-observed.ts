import type { AppState } from '../../agent/messages.ts';
import type { Observed } from '../runtime.ts';

/** An app of the local agent in the words of the port. */
export function toObserved(state: AppState): Observed {
  const { active, sleeping, candidate, failure, rolledBack, crashLoop } = state;
  const trouble = findTrouble(state);
  return {
    appId: state.appId,
    // Whoever asks is answered by it: a sleeping app is no app that has to be brought back.
    active: toServing(active ?? sleeping),
    candidate: toServing(candidate),
    health: state.phase === 'idle' ? 'stopped' : state.phase,
    failure: failure && { generation: failure.generation, report: failure.report },
    ...(rolledBack ? { rolledBack: { from: rolledBack.from, report: rolledBack.report } } : {}),
    ...(crashLoop ? { isCrashLooping: true } : {}),
    ...(trouble ? { trouble } : {}),
  };
}

const toServing = (named: { generation: number; digest: string } | undefined): Observed['active'] => named && { generation: named.generation, revision: named.digest };

/** A blocked event loop answers nobody: that goes before what the app cannot do besides. */
function findTrouble({ active, stalled, trouble }: AppState): Observed['trouble'] {
  return [stalled, trouble].find((said) => said !== undefined && said.generation === active?.generation)?.report;
}
