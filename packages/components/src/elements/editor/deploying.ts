import type { Deployment } from '@fapi/sdk/contract';
import type { AppSnapshot, AppStore } from '@fapi/sdk/workspace';
import { failurePlace } from '../../app-status.ts';
import type { AppStoreController } from '../../controllers/app-store.ts';
import { followAlone, tellAfter, tellEnd } from '../../controllers/deploy-news.ts';
import { DeployWatchController } from '../../controllers/deploy-watch.ts';
import { deployDraft } from '../../deploy-draft.ts';
import type { FapiEditor } from './editor.ts';
import { readinessOf } from './readiness.ts';
import type { Readiness } from './readiness.ts';

/** The deploys that an editor asks for: each is told to the page as it begins and ends, and one that failed leads to its line. */
export class Deploying {
  readonly #editor: FapiEditor;
  readonly #app: AppStoreController;
  readonly #watch: DeployWatchController;
  /** The last word of whether a deploy only has to switch, for ears that are not told of each check. */
  settledReadiness = '';
  /** Whose deploy it tells the end of. */
  #followed: AppStore | undefined;

  constructor(editor: FapiEditor, app: AppStoreController) {
    [this.#editor, this.#app] = [editor, app];
    this.#watch = new DeployWatchController(editor, (deployment) => {
      const place = failurePlace(deployment);
      if (place) void editor.open(place.file, place.line, place.column);
    });
    // What it does not see to its end is for others to tell.
    editor.addController({ hostUpdate: () => { if (this.#followed !== app.store) this.#leave(); }, hostDisconnected: () => this.#leave() });
  }

  /** Undefined when it was cancelled, may not be, or was refused. */
  async deploy(): Promise<Deployment | undefined> {
    const { store } = this.#app;
    const { appId, readonly } = this.#editor;
    if (!store || !appId || readonly) return undefined;
    const deployment = await tellAfter(store, async () => {
      const taken = await deployDraft(this.#editor, appId, store);
      if (taken === 'cancelled' || taken === 'refused') return undefined;
      if (this.#isAt(store)) followAlone(this.#followed = store, taken.id);
      return taken;
    });
    if (deployment && this.#isAt(store)) this.#announce(this.#watch.follow(deployment, store.snapshot.deployment));
    return deployment;
  }

  /** Something of the app is another. */
  see(snapshot: AppSnapshot): void {
    const readiness = readinessOf(snapshot, this.#app.strings);
    if (readiness && readiness.state !== 'preparing') this.settledReadiness = readiness.word;
    this.#announce(this.#watch.take(snapshot.deployment));
  }

  /** Undefined for who may not deploy, too. */
  readiness(snapshot: AppSnapshot): Readiness | undefined { return this.#editor.readonly ? undefined : readinessOf(snapshot, this.#app.strings); }

  isFreshlyLive(snapshot: AppSnapshot): boolean { return this.#watch.isFreshlyLive(snapshot); }

  #isAt(store: AppStore): boolean { return this.#editor.isConnected && this.#app.store === store; }

  #leave(): void {
    if (this.#followed) followAlone(this.#followed, undefined);
    this.#followed = undefined;
  }

  #announce(ended: Deployment | undefined): void {
    if (ended && this.#app.store) tellEnd(this.#editor, this.#app.store, ended);
  }
}
