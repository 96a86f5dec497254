import type { Deployment } from '@fapi/sdk/contract';
import type { AppStore } from '@fapi/sdk/workspace';
import { emit } from './events.ts';

/** Saves and deploys the draft in one act and tells the page, unless a listener of `fapi-deploy-request` cancels it. Undefined when it was cancelled, is under way, or was refused, which the store says. */
export async function deployDraft(host: HTMLElement, appId: string, store: AppStore): Promise<Deployment | undefined> {
  if (store.snapshot.deploying || !emit(host, 'fapi-deploy-request', { appId }, { cancelable: true })) return undefined;
  const deployment = await store.deploy().catch(() => undefined);
  if (deployment) emit(host, 'fapi-deploy-start', { appId, deployment });
  return deployment;
}

/** As `deployDraft`, for a panel beside an editor, or without one: rejects with why it was refused where no editor on the page says so. */
export async function deployFromPanel(host: HTMLElement, appId: string, app: { readonly store: AppStore | undefined; readonly isAwayTold: boolean }): Promise<void> {
  const { store } = app;
  if (store && !(await deployDraft(host, appId, store)) && store.snapshot.error !== undefined && !app.isAwayTold) throw store.snapshot.error;
}
