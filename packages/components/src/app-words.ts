import { isSettled } from '@fapi/sdk';
import type { App, Deployment } from '@fapi/sdk/contract';
import { ailmentWord, isDraftLive, isOfEarlierDraft, isWorking } from './app-status.ts';
import type { StatusWord } from './app-status.ts';
import { formatNumber } from './format.ts';
import type { Strings } from './strings.ts';

/** The three facts of an app in words. None hides another: an app whose last deploy failed may serve all the same. */
export interface AppWords {
  /** How what serves is; undefined while the first deploy is under way. */
  readonly health: StatusWord | undefined;
  /** Which deploy serves, e.g. `deploy 3`; undefined when none does. */
  readonly serving: string | undefined;
  /** What the newest deploy does, where that is news: it runs, or it failed. */
  readonly rollout: StatusWord | undefined;
  /** What the draft is, against what is live; undefined when `health` says it already. */
  readonly draft: string | undefined;
}

export interface AppWordsOptions {
  readonly app: App | undefined;
  /** The newest deployment that is known, which may be ahead of what the app says. */
  readonly deployment?: Deployment | undefined;
  readonly isDirty?: boolean;
  /** Of the draft that is open, which may be ahead of what the app says too. */
  readonly draftVersion?: number;
  readonly strings: Strings;
  readonly locale: string;
}

/** The one table from an app's facts to words and shapes. */
export function appWords({ app, deployment, isDirty = false, draftVersion = 0, strings, locale }: AppWordsOptions): AppWords {
  const isAhead = deployment !== undefined && isNewer(deployment, app?.latest);
  const live = isAhead && deployment.status === 'live' ? deployment : app?.live;
  const latest = isAhead ? deployment : app?.latest;
  const draft = { draftVersion: Math.max(draftVersion, app?.draftVersion ?? 0), isDirty };
  // Who has gone back to what is live has no failure left to mend.
  const isOver = latest !== undefined && isOfEarlierDraft(latest, draft) && isDraftLive(app, draft);
  const rollout = isOver ? undefined : rolloutWord(app, isAhead ? deployment : undefined, strings) ?? backWord(latest, app, draft, strings);
  return {
    health: healthWord(app, live, isAhead, rollout?.shape === 'working', strings),
    serving: live && strings.serving(formatNumber(live.generation, locale)),
    rollout,
    draft: isDirty ? strings.freshnessUnsaved : app && live && draftWord(app, live, draft.draftVersion, strings),
  };
}

/** The app is told of a deployment a moment after the deployment itself. */
function isNewer(deployment: Deployment, latest: Deployment | undefined): boolean {
  if (!latest || deployment.generation !== latest.generation) return deployment.generation > (latest?.generation ?? 0);
  return isSettled(deployment) && !isSettled(latest);
}

function rolloutWord(app: App | undefined, ahead: Deployment | undefined, strings: Strings): StatusWord | undefined {
  const rollout = ahead ? (isWorking(ahead) ? 'working' : ahead.status === 'failed' ? 'failed' : 'idle') : app?.rollout;
  if (rollout === 'working') return { shape: 'working', word: strings.statusDeploying };
  return rollout === 'failed' ? { shape: 'failed', word: strings.rolloutFailed } : undefined;
}

/** Who asked for it and turned away would take it for live. */
function backWord(latest: Deployment | undefined, app: App | undefined, draft: Parameters<typeof isDraftLive>[1], strings: Strings): StatusWord | undefined {
  return latest?.trigger === 'rollback' && latest.status === 'live' && !isDraftLive(app, draft) ? { shape: 'failed', word: strings.rolloutRolledBack } : undefined;
}

function healthWord(app: App | undefined, live: Deployment | undefined, isAhead: boolean, isRolling: boolean, strings: Strings): StatusWord | undefined {
  if (app?.suspended) return { shape: 'idle', word: strings.statusSuspended };
  // What it was before is not how the one is that has just gone live.
  if (isAhead && live && live.id !== app?.live?.id) return { shape: 'live', word: strings.statusLive };
  switch (app?.health) {
    case 'running': return ailmentWord(app, strings) ?? { shape: 'live', word: strings.statusLive };
    case 'asleep': return { shape: 'asleep', word: strings.statusAsleep };
    case 'crashed': return ailmentWord(app, strings) ?? { shape: 'failed', word: strings.statusCrashed };
    case 'stopped': return { shape: 'idle', word: strings.statusStopped };
    default:
      if (live || !app) return { shape: 'idle', word: strings.statusUnknown };
      if (isRolling) return undefined;
      return { shape: 'idle', word: app.latest || isAhead ? strings.statusNotLive : strings.statusNeverDeployed };
  }
}

function draftWord(app: App, live: Deployment, draftVersion: number, strings: Strings): string {
  // What was saved or went live a moment ago is known by its version, before the app is told of it.
  if (draftVersion > app.draftVersion || live.id !== app.live?.id) return live.draftVersion === draftVersion ? strings.freshnessUpToDate : strings.freshnessBehind;
  if (app.freshness === 'up_to_date') return strings.freshnessUpToDate;
  const { code, dependencies, environment, settings } = app.changes;
  if (code || dependencies) return strings.freshnessBehind;
  return environment ? strings.freshnessEnvironment : settings ? strings.freshnessSettings : strings.freshnessBehind;
}
