import type { Progress } from './progress.ts';
import type { Observed } from './runtime/runtime.ts';
import type { RunnerSpec } from './work/messages.ts';

/** The one next step that brings what is observed nearer to what is wanted. */
export type Action = 'nothing' | 'validate' | 'prepare' | 'activate' | 'verify' | 'cancel' | 'settle' | 'concede' | 'stop' | 'remove';

/** Pure: the same three facts give the same step, an hour late or for the second time. */
export function plan(spec: RunnerSpec, observed: Observed | undefined, progress: Progress): Action {
  if (spec.desired.state === 'removed') {
    if (observed) return progress.outcome?.phase === 'cancelled' ? 'nothing' : 'remove';
    return progress.outcome ? 'nothing' : 'settle';
  }
  if (spec.desired.state === 'stopped') {
    // Said once also when nobody serves: so that the runtime takes no older word, and shows visitors what is wanted.
    return progress.outcome && (isDown(observed) || progress.outcome.phase === 'cancelled') ? 'nothing' : 'stop';
  }
  const { desired } = spec;
  const isWanted = (serving: { generation: number; revision: string } | undefined): boolean => serving?.generation === spec.generation && serving.revision === desired.revision;

  // The runtime went back by itself: this generation is over, and the server decides what comes next.
  if (observed?.rolledBack?.from === spec.generation && !isWanted(observed.active)) return progress.outcome?.reason === 'rolled_back' ? 'nothing' : 'concede';
  if (isWanted(observed?.active)) {
    if (progress.outcome?.phase === 'live' || progress.outcome?.reason === 'verification_failed') return 'nothing';
    // The switch happened: neither a cancel nor a failure to hear of it can take it back, it only has to be seen from outside.
    return desired.settled ? 'settle' : 'verify';
  }
  if (progress.outcome && !(desired.settled && progress.outcome.phase === 'live')) return 'nothing';
  if (desired.cancelled) return 'cancel';
  // The runtime starts a crashed app again by itself, with its own pauses.
  if (desired.settled && observed?.health === 'crashed' && (observed.failure ?? spec).generation === spec.generation) return 'nothing';
  // A candidate is no proof of a verdict: it is made while the verdict is still awaited.
  if (!progress.isValidated && !desired.settled) return 'validate';
  return isWanted(observed?.candidate) ? 'activate' : 'prepare';
}

const isDown = (observed: Observed | undefined): boolean => !observed || (observed.health === 'stopped' && !observed.active && !observed.candidate);
