import type { App, Deployment, FailureReport } from '@fapi/sdk/contract';
import type { AppSnapshot } from '@fapi/sdk/workspace';
import { ailmentWord } from '../../app-status.ts';
import type { StatusWord } from '../../app-status.ts';
import type { Strings } from '../../strings.ts';
import { findLastError } from './last-error.ts';

export interface Ailment extends StatusWord {
  readonly sentence: string;
  readonly report: FailureReport | undefined;
}

/** What is wrong with a deployment while it is the one that is live; undefined when it is well or no more live. */
export function findAilment(deployment: Pick<Deployment, 'id'>, app: App | undefined, strings: Strings): Ailment | undefined {
  if (!app || app.live?.id !== deployment.id) return undefined;
  const { crash, trouble, isCrashLooping } = app;
  const known = ailmentWord(app, strings);
  if (isCrashLooping && known) return { ...known, sentence: strings.crashLoopText, report: crash ?? trouble };
  if (crash) return { shape: 'failed', word: strings.statusCrashed, sentence: strings.crashText, report: crash };
  if (trouble && known) return { ...known, sentence: sentenceOf(trouble, strings), report: trouble };
  return undefined;
}

export interface Past { readonly kind: 'crash' | 'error'; readonly at: string; readonly report: FailureReport }

/** What went wrong with a deployment that is live and runs again, newest first. */
export function findPast(deployment: Pick<Deployment, 'id' | 'generation'>, { app, logs, files }: Pick<AppSnapshot, 'app' | 'logs' | 'files'>): Past[] {
  if (!app || app.live?.id !== deployment.id) return [];
  const error = findLastError(logs, deployment.generation, new Set(files.map(({ path }) => path)));
  const past: Past[] = [...(app.lastCrash ? [{ kind: 'crash' as const, ...app.lastCrash }] : []), ...(error ? [{ kind: 'error' as const, ...error }] : [])];
  return past.toSorted((a, b) => (a.at < b.at ? 1 : -1));
}

function sentenceOf(trouble: FailureReport, strings: Strings): string {
  if (trouble.class === 'stalled') return strings.troubleStalled;
  if (trouble.class === 'timeout') return strings.troubleEndless;
  return trouble.class === 'memory' ? strings.troubleMemory : strings.troubleExhausted;
}
