import type { FailureReport, Finding } from '@fapi/sdk/contract';
import { setTimeout as pause } from 'node:timers/promises';
import { abortable } from './abortable.ts';
import { NotServedError } from './not-served-error.ts';
import { plan } from './plan.ts';
import { closeStage, openStage, type Progress, settle } from './progress.ts';
import { startingLimitMs } from './runtime/agent/bounds.ts';
import { type Observed, OvertakenError, RefusedError, type Runtime, StaleError, UserCodeError, type Wanted } from './runtime/runtime.ts';
import type { RunnerSpec } from './work/messages.ts';

export interface ReconcileDeps {
  runtime: Runtime;
  now: () => Date;
  /** Called after each change of what is known, before the next act. */
  report(observed: Observed | undefined, progress: Progress): Promise<void>;
}

/** What is asked for of a wish before its stages are come to. */
interface Ahead { judging: ReturnType<Runtime['validate']>; preparing: ReturnType<Runtime['prepare']> }

const stageDeadlinesMs = { validating: 30_000, preparing: 30_000, starting: startingLimitMs, verifying: 10_000 } as const;
const verifyPauseMs = 25;

/**
 * Looks, plans, acts, until there is nothing left to do. Rejects when the runtime cannot be asked (try again later) or the signal fires.
 * Answers what is known at the end; the caller keeps `progress` for the next look.
 */
export async function reconcile(spec: RunnerSpec, known: Progress, deps: ReconcileDeps, signal: AbortSignal): Promise<Progress> {
  const { runtime } = deps;
  const at = (): string => deps.now().toISOString();
  let progress = known;
  // A new wish is judged and prepared whatever is found: nothing of it waits for the look, and a candidate without a verdict is never activated.
  let ahead = isNew(spec, known) ? beginAhead() : undefined;
  let foreseen: { observed: Observed | undefined } | undefined;
  for (;;) {
    signal.throwIfAborted();
    const { observed } = foreseen ?? { observed: hideUnmade(await runtime.observe(spec.appId)) };
    foreseen = undefined;
    const action = plan(spec, observed, progress);
    if (action === 'nothing') {
      await deps.report(observed, progress);
      // Not where it serves after all: then there is nothing to take back.
      if (hasNeverServed(spec, progress)) await runtime.abandon(wantedOf(spec), signal);
      return progress;
    }
    if (action === 'cancel') progress = settle(progress, at(), { phase: 'cancelled' });
    else if (action === 'settle') progress = settle(progress, at(), { phase: spec.desired.state === 'removed' ? 'removed' : 'live' });
    else if (action === 'concede') {
      const { report } = observed!.rolledBack!;
      progress = settle(progress, at(), { phase: 'failed', reason: 'rolled_back', message: report.message, failure: report });
    } else if (action === 'stop' || action === 'remove') {
      progress = settle(progress, at(), await end(action));
    } else {
      progress = await runStage(action, observed);
      // The answer of an act says what a look would say, and that of the routed path more than one; whatever has ended otherwise is looked at again.
      if (!progress.outcome || progress.outcome.phase === 'live') foreseen = { observed: foresee(action, observed) };
    }
  }

  /** A candidate that is still being made shows already: its making is what is waited for. */
  function hideUnmade(observed: Observed | undefined): Observed | undefined {
    return observed && ahead ? { ...observed, candidate: undefined } : observed;
  }

  function beginAhead(): Ahead {
    const wanted = wantedOf(spec);
    // Where an app has no place yet, the verdict waits for the one that is being made for it.
    const preparing = runtime.prepare(wanted, signal);
    const judging = runtime.validate(wanted, signal, { isUrgent: true });
    for (const each of [preparing, judging]) each.catch(() => undefined);
    return { judging, preparing };
  }

  function foresee(action: 'validate' | 'prepare' | 'activate' | 'verify', observed: Observed | undefined): Observed | undefined {
    const { revision } = wantedOf(spec);
    const wanted = { generation: spec.generation, revision };
    const before: Observed = observed ?? { appId: spec.appId, health: 'stopped' };
    if (action === 'prepare') return { ...before, candidate: wanted };
    if (action === 'activate') return { ...before, active: wanted, candidate: undefined, health: 'running', trouble: undefined, isCrashLooping: undefined };
    return observed;
  }

  async function runStage(action: 'validate' | 'prepare' | 'activate' | 'verify', observed: Observed | undefined): Promise<Progress> {
    const name = stageOf[action];
    // What was live once is brought back, not deployed: its stages and its outcome stay as they are, and it is tried again for ever.
    const isRepair = spec.desired.state === 'live' && spec.desired.settled;
    const opened = isRepair ? progress : openStage(progress, name, at());
    await deps.report(observed, opened);
    const deadlineMs = stageDeadlinesMs[name];
    const deadline = AbortSignal.timeout(deadlineMs);
    const both = AbortSignal.any([signal, deadline]);
    try {
      return await act(action, opened, both);
    } catch (error) {
      // The runtime has a newer generation: this one is over.
      if (error instanceof StaleError) return settle(opened, at(), { phase: 'cancelled' });
      if (isRepair) throw error;
      if (error instanceof UserCodeError) return settle(opened, at(), { phase: 'failed', reason: reasonOf[action], message: error.report.message, failure: error.report });
      if (error instanceof RefusedError) return settle(opened, at(), { phase: 'failed', reason: reasonOf[action], message: error.message });
      if (error instanceof NotServedError) return settle(opened, at(), { phase: 'failed', reason: `${error.what}_unavailable`, message: error.message });
      if (deadline.aborted && !signal.aborted) return settle(opened, at(), { phase: 'failed', reason: action === 'verify' ? 'verification_failed' : 'deadline_exceeded', message: `${name} did not end within ${deadlineMs} ms` });
      throw error;
    }
  }

  async function end(action: 'stop' | 'remove'): Promise<NonNullable<Progress['outcome']>> {
    try {
      if (action === 'remove') await runtime.remove(spec.appId, spec.generation);
      else await runtime.stop(spec.appId, spec.generation, { isHidden: spec.desired.state === 'stopped' && spec.desired.isHidden });
      return { phase: action === 'remove' ? 'removed' : 'stopped' };
    } catch (error) {
      if (error instanceof StaleError) return { phase: 'cancelled' };
      throw error;
    }
  }

  async function act(action: 'validate' | 'prepare' | 'activate' | 'verify', opened: Progress, both: AbortSignal): Promise<Progress> {
    const wanted = wantedOf(spec);
    if (action === 'validate') {
      ahead ??= beginAhead();
      const { findings, durationMs } = await abortable(ahead.judging, both);
      const worst = findings.find((finding) => finding.severity === 'error');
      if (worst) return settle(opened, at(), { phase: 'failed', reason: 'validation_failed', message: worst.message, findings, failure: toFailure(worst) });
      return { ...closeStage(opened, 'validating', at(), durationMs), isValidated: true };
    }
    if (action === 'prepare') {
      const preparing = ahead ? abortable(ahead.preparing, both) : runtime.prepare(wanted, both);
      ahead = undefined;
      const { durationMs, note } = await preparing;
      return closeStage(opened, 'preparing', at(), durationMs, note);
    }
    if (action === 'activate') {
      const { durationMs } = await runtime.activate(wanted, both);
      return closeStage(opened, 'starting', at(), durationMs);
    }
    const startedAt = performance.now();
    for (;;) {
      const answer = await runtime.verify(wanted, both).catch((error: unknown) => {
        if (error instanceof OvertakenError || both.aborted) throw error;
        return undefined;
      });
      if (answer?.generation === wanted.generation && answer.revision === wanted.revision) break;
      await pause(verifyPauseMs, undefined, { signal: both });
    }
    const verified = closeStage(opened, 'verifying', at(), performance.now() - startedAt);
    return settle(openStage(verified, 'live', at()), at(), { phase: 'live' });
  }
}

const isNew = ({ desired }: RunnerSpec, known: Progress): boolean => desired.state === 'live' && !desired.settled && !desired.cancelled && known.stages.length === 0 && !known.outcome;

const hasNeverServed = ({ desired }: RunnerSpec, { outcome }: Progress): boolean => desired.state === 'live' && (outcome?.phase === 'cancelled' || (outcome?.phase === 'failed' && outcome.reason !== 'verification_failed'));

const stageOf = { validate: 'validating', prepare: 'preparing', activate: 'starting', verify: 'verifying' } as const;
const reasonOf = { validate: 'validation_failed', prepare: 'import_failed', activate: 'startup_failed', verify: 'verification_failed' } as const;

function wantedOf(spec: RunnerSpec): Wanted {
  if (spec.desired.state !== 'live') throw new Error(`app ${spec.appId} is not wanted`);
  const { revision, bundleSha256, envVersion, settings, egress, limits } = spec.desired;
  return { appId: spec.appId, host: spec.host, generation: spec.generation, revision, bundleSha256, envVersion, settings, egress, limits };
}

/** The class of a finding by what its code begins with; all others are of the text itself. */
const classes = [['ENT', 'entrypoint'], ['IMP', 'import'], ['RES001', 'crashed'], ['RES002', 'timeout'], ['RES012', 'killed']] as const;

/** The finding that blocks, in the shape of every other failure, so that one card shows them all. */
export function toFailure(finding: Finding): FailureReport {
  const kind = classes.find(([prefix]) => finding.code.startsWith(prefix))?.[1] ?? 'syntax';
  return {
    phase: 'validate', class: kind, message: finding.message, output: [],
    frames: [{ file: finding.file, line: finding.start.line, column: finding.start.column }],
    ...(finding.hint === undefined ? {} : { hint: finding.hint }),
  };
}
