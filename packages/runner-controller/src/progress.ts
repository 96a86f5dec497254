import type { RunnerSpec, RunnerStatus, StageReport } from './work/messages.ts';

/** What this controller has done and seen for one generation of one app. Lost with the process: everything in it can be found again by looking. */
export interface Progress {
  readonly generation: number;
  readonly stages: readonly StageReport[];
  readonly isValidated: boolean;
  readonly outcome?: Pick<RunnerStatus, 'reason' | 'message' | 'failure' | 'findings'> & { readonly phase: 'live' | 'failed' | 'cancelled' | 'stopped' | 'removed' };
}

export const beginProgress = (spec: RunnerSpec): Progress => ({ generation: spec.generation, stages: [], isValidated: false });

type StageName = StageReport['name'];

/** Opens a stage unless it is open; a stage that is done again keeps its first start. */
export function openStage(progress: Progress, name: StageName, at: string): Progress {
  if (progress.stages.some((stage) => stage.name === name)) return progress;
  return { ...progress, stages: [...progress.stages, { name, startedAt: at }] };
}

export function closeStage(progress: Progress, name: StageName, at: string, durationMs?: number, note?: StageReport['note']): Progress {
  return { ...progress, stages: progress.stages.map((stage) => stage.name === name && stage.endedAt === undefined ? { ...stage, endedAt: at, ...(durationMs === undefined ? {} : { durationMs }), ...(note === undefined ? {} : { note }) } : stage) };
}

/** Ends the generation: whatever stage is open ends with it. */
export function settle(progress: Progress, at: string, outcome: NonNullable<Progress['outcome']>): Progress {
  const open = progress.stages.findLast((stage) => stage.endedAt === undefined);
  return { ...(open ? closeStage(progress, open.name, at) : progress), outcome };
}
