import type { FapiClient } from '@fapi/sdk';
import type { Deployment } from '@fapi/sdk/contract';
import type { AppStore } from '@fapi/sdk/workspace';
import { tellStart } from './controllers/deploy-news.ts';
import { emit } from './events.ts';

/** What a panel knows of its app. */
interface Panel {
  readonly client: FapiClient | undefined;
  readonly store: AppStore | undefined;
  /** An editor of this app can be seen, which says what its store was refused. */
  readonly isBesideEditor: boolean;
}

const asksFor = (host: HTMLElement, appId: string): boolean => emit(host, 'fapi-deploy-request', { appId }, { cancelable: true });

/** Saves and deploys the draft in one act and tells the page. `cancelled` by a listener of `fapi-deploy-request`, or by what is under way; the store says why it was `refused`. */
export async function deployDraft(host: HTMLElement, appId: string, store: AppStore): Promise<Deployment | 'cancelled' | 'refused'> {
  const { deploying, load } = store.snapshot;
  if (deploying || load !== 'ready' || !asksFor(host, appId)) return 'cancelled';
  return (await tellStart(host, store, () => store.deploy()).catch(() => undefined)) ?? 'refused';
}

/** As `deployDraft`, for a panel beside an editor, or without one: rejects with why it was refused where no editor on the page says so. */
export async function deployFromPanel(host: HTMLElement, appId: string, { store, isBesideEditor }: Panel): Promise<void> {
  const outcome = store && (await deployDraft(host, appId, store));
  if (outcome === 'refused' && store!.snapshot.error !== undefined && !isBesideEditor) throw store!.snapshot.error;
}

/** What failed once more, with the variables as they are now: a draft that is the same still, with what is typed into it; anything else as it was asked for. */
export async function deployAgain(host: HTMLElement, appId: string, { id, trigger, draftVersion }: Deployment, panel: Panel): Promise<void> {
  const { client, store } = panel;
  const isDraft = (trigger === 'deploy' || trigger === 'retry') && draftVersion === store?.snapshot.draftVersion;
  if (isDraft) return deployFromPanel(host, appId, panel);
  if (!client || !store || !asksFor(host, appId)) return;
  await tellStart(host, store, () => client.deployments.retry(appId, id));
}
