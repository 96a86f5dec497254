import { isSettled } from '@fapi/sdk';
import { cancellableStatuses, deploymentStages } from '@fapi/sdk/contract';
import type { App, Deployment, DeploymentReason, DeploymentStage, DeploymentStatus, StageNote } from '@fapi/sdk/contract';
import { addEnglish } from './catalogues.ts';
import type { Strings } from './strings.ts';
import { statusEnglish } from './strings/status.ts';

addEnglish(statusEnglish);

/** How a status is drawn, beside its word and its colour: colour is never alone. */
export type StatusShape = 'live' | 'working' | 'failed' | 'asleep' | 'idle';
export interface StatusWord { readonly shape: StatusShape; readonly word: string }

export function isWorking(deployment: Pick<Deployment, 'status'> | undefined): boolean {
  return deployment !== undefined && !isSettled(deployment);
}

/** What other files could do without: not what the server or the machine was the reason of, though a variable or a service that is away may have been it. */
const ofFiles: readonly (DeploymentReason | undefined)[] = ['validation_failed', 'import_failed', 'startup_failed', 'verification_failed', 'rolled_back'];

/** What failed were the files of a draft, which by now is another one. A revert brings no draft, however often it is asked for. */
export function isOfEarlierDraft({ status, reason, trigger, draftVersion }: Deployment, draft: { readonly draftVersion: number; readonly isDirty: boolean }): boolean {
  return status === 'failed' && ofFiles.includes(reason) && (trigger === 'deploy' || trigger === 'retry') && (draft.isDirty || draft.draftVersion !== draftVersion);
}

/** The draft is what is live, as the server has said of this version of it. */
export function isDraftLive(app: App | undefined, draft: { readonly draftVersion: number; readonly isDirty: boolean }): boolean {
  return app?.live !== undefined && app.freshness === 'up_to_date' && !draft.isDirty && draft.draftVersion <= app.draftVersion;
}

/** May the server still take a cancel? */
export function canCancel({ status }: Pick<Deployment, 'status'>): boolean {
  return (cancellableStatuses as readonly DeploymentStatus[]).includes(status);
}

/** What made a stage take longer than usual. */
export function noteWord(note: StageNote, strings: Strings): string {
  return { cold_start: strings.noteColdStart }[note];
}

export function stageWord(stage: DeploymentStage['name'], strings: Strings): string {
  return ({ queued: strings.stageQueued, validating: strings.stageValidating, preparing: strings.stagePreparing, starting: strings.stageStarting, verifying: strings.stageVerifying, live: strings.stageLive })[stage];
}

/** What is wrong with an app that is live, beyond its health; undefined when nothing is known to be. */
export function ailmentWord({ isCrashLooping, trouble }: Pick<App, 'isCrashLooping' | 'trouble'>, strings: Strings): StatusWord | undefined {
  if (isCrashLooping) return { shape: 'failed', word: strings.statusCrashLoop };
  if (trouble) return { shape: 'failed', word: trouble.class === 'stalled' ? strings.statusStalled : strings.statusTrouble };
  return undefined;
}

/** From the click to live, in milliseconds by the server's clock; undefined while it is not live. */
export function liveInMs(deployment: Deployment | undefined): number | undefined {
  return deployment?.liveAt === undefined ? undefined : Math.max(0, Date.parse(deployment.liveAt) - Date.parse(deployment.createdAt));
}

export type StageState = 'done' | 'now' | 'failed' | 'todo';
export interface StageRow {
  readonly name: DeploymentStage['name'];
  readonly state: StageState;
  /** From its start to that of the next stage, waits included: with `live`, until it was known to be, they add up to `liveInMs`. */
  readonly durationMs: number | undefined;
  readonly note: StageNote | undefined;
}

/** The stage list as it is drawn: what is done, what runs now, where it failed. */
export function stageRows(deployment: Deployment): StageRow[] {
  const isEnded = deployment.status !== 'live' && !isWorking(deployment);
  const lastStarted = deployment.stages.filter(({ name }) => name !== 'live').at(-1)?.name;
  return deploymentStages.map((name) => {
    const at = deployment.stages.findIndex((one) => one.name === name);
    const stage = deployment.stages[at];
    const durationMs = stage && passedMs(stage.startedAt, name === 'live' ? deployment.liveAt : deployment.stages[at + 1]?.startedAt ?? stage.endedAt);
    const row = { name, durationMs, note: stage?.note };
    if (name === deployment.status) return { ...row, state: name === 'live' ? 'done' : 'now' };
    if (isEnded && deployment.liveAt === undefined && name === lastStarted) return { ...row, state: deployment.status === 'failed' ? 'failed' : 'todo' };
    if (stage?.endedAt !== undefined || (name === 'live' && deployment.liveAt !== undefined)) return { ...row, state: 'done' };
    return { ...row, state: 'todo', durationMs: undefined };
  });
}

function passedMs(from: string, to: string | undefined): number | undefined {
  return to === undefined ? undefined : Math.max(0, Date.parse(to) - Date.parse(from));
}

/** Where the builder should look: the first error that blocked it, else the innermost own frame. */
export function failurePlace(deployment: Deployment): { file: string; line: number; column: number } | undefined {
  const blocking = deployment.findings?.find((finding) => finding.severity === 'error');
  if (blocking) return { file: blocking.file, ...blocking.start };
  const frame = deployment.failure?.frames.at(-1);
  return frame && { file: frame.file, line: frame.line, column: frame.column ?? 1 };
}
