import type { App } from '../contract/apps.ts';
import type { Deployment } from '../contract/deployments.ts';
import { isSettled } from '../settled.ts';
import type { State } from './state.ts';
import type { Validator } from './app/validator.ts';

export interface News {
  takeApp(app: App): void;
  /** As `takeApp`, for what the stream tells: it tells nothing twice. */
  takeAppEvent(app: App): void;
  takeDeployment(deployment: Deployment | undefined): void;
}

/** Takes in what the server tells of the app and its deployments, and has the draft prepared again when that used up or outdated what was prepared. */
export function createNews(state: State, validator: Pick<Validator, 'schedule' | 'spend'>, { isDirty, draftVersion, onApp }: { isDirty: () => boolean; draftVersion: () => number; onApp: () => void }): News {
  const isReady = (): boolean => state.snapshot.load === 'ready';
  const takeDeployment: News['takeDeployment'] = (deployment) => {
    const known = state.snapshot.deployment;
    if (!deployment || deployment.generation < (known?.generation ?? 0)) return;
    const isNew = deployment.id !== known?.id;
    // An answer that was on its way while the stream has told more.
    if (!isNew && (deployment.stages.length < known.stages.length || (isSettled(known) && !isSettled(deployment)))) return;
    // Those of another text, and those that a check has answered since, are none of this one.
    const isNews = isNew || !isSettled(known);
    const rejected = isNews && deployment.findings && deployment.status === 'failed' && deployment.draftVersion === draftVersion() && !isDirty();
    state.set({ deployment, ...(rejected ? { findings: deployment.findings!, areFindingsCurrent: true, validation: 'done' as const } : {}) });
    if (!isReady()) return;
    if (!isSettled(deployment)) { if (isNew) validator.spend(); }
    else if (isNews) validator.schedule(0);
  };
  const takeApp: News['takeApp'] = (app) => {
    const known = state.snapshot.app;
    state.set({ app });
    takeDeployment(app.latest);
    onApp();
    if (known && isReady() && JSON.stringify(known.settings) !== JSON.stringify(app.settings)) validator.schedule(0);
  };
  return {
    takeApp,
    takeAppEvent(app) {
      const known = state.snapshot.app;
      takeApp(app);
      // With nothing new to see in it, it has another environment, and what was prepared has the former one.
      if (known && isReady() && seenOf(known) === seenOf(app)) validator.schedule(0);
    },
    takeDeployment,
  };
}

/** What a deploy would bring takes the environment into account, so it is left out. */
const seenOf = (app: App): string => JSON.stringify({ ...app, freshness: undefined, changes: undefined });
