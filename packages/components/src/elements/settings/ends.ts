import type { FapiClient } from '@fapi/sdk';
import type { App } from '@fapi/sdk/contract';
import type { AppStore } from '@fapi/sdk/workspace';
import type { ReactiveController, ReactiveElement } from 'lit';
import type { ActController } from '../../controllers/act.ts';
import { emit } from '../../events.ts';
import { waysBack } from '../../parts/when-ready.ts';
import type { DangerousAct } from './danger-zone.ts';
import { offerWayBack } from './way-back.ts';

export interface EndsOptions {
  readonly act: ActController;
  readonly app: { readonly client: FapiClient | undefined; readonly store: AppStore | undefined };
}

type Host = ReactiveElement & { readonly appId: string | undefined };

/** Ends the app or stops it, after a word, and brings it back. */
export class EndsController implements ReactiveController {
  readonly #host: Host;
  readonly #options: EndsOptions;
  /** The act on the app that waits for a word. */
  asked: DangerousAct | undefined;
  /** The app, after it was deleted here. */
  gone: App | undefined;
  /** What is to have the focus once it is drawn. */
  #due: string | undefined;

  constructor(host: Host, options: EndsOptions) {
    [this.#host, this.#options] = [host, options];
    host.addController(this);
  }

  hostUpdated(): void {
    const due = this.#due === undefined ? null : this.#host.renderRoot.querySelector<HTMLElement>(this.#due);
    this.#due = undefined;
    // In a builder it may be drawn no more: what is drawn in its place has it then.
    if (due?.checkVisibility()) due.focus();
  }

  /** Another app is shown. */
  forget(): void { this.#set(undefined, undefined); }

  ask(act: DangerousAct | undefined): void {
    this.#set(act, this.gone);
    if (act) this.#due = '.danger .asks button.quiet';
  }

  async run(act: DangerousAct | 'resume', app: App): Promise<void> {
    const { client } = this.#options.app;
    if (!client) return;
    if (act === 'delete') return this.#delete(client, app);
    await this.#options.act.run(async () => {
      await client.apps[act](app.id);
      if (app.id === this.#host.appId) this.#set(undefined, this.gone);
    });
  }

  async restore(): Promise<void> {
    const { act, app: { client, store } } = this.#options;
    const { gone } = this;
    if (!client || !gone) return;
    await act.run(async () => {
      await client.apps.restore(gone.id);
      this.#set(this.asked, undefined);
      if (store) waysBack.delete(store);
      await store?.reload();
    });
  }

  async #delete(client: FapiClient, app: App): Promise<void> {
    if (!emit(this.#host, 'fapi-app-delete-request', { appId: app.id }, { cancelable: true })) return;
    await this.#options.act.run(async () => {
      const { store } = this.#options.app;
      const deleting = client.apps.delete(app.id);
      // Before the stream tells: a builder draws nothing else then, and no panel.
      const offer = store && offerWayBack({ client, store, app, from: this.#host, deleting });
      await deleting.catch((error: unknown) => {
        offer?.end();
        throw error;
      });
      // Until when it can be had back is known of deleted apps only, the newest of which comes first.
      const [deleted] = await client.apps.list({ deleted: true, limit: 1 }).then(({ items }) => items, () => []);
      // It may have been had back already.
      if (app.id === this.#host.appId && offer?.isOpen !== false) {
        this.#set(undefined, deleted?.id === app.id ? deleted : app);
        this.#due = '[data-undo]';
      }
      emit(this.#host, 'fapi-app-delete', { appId: app.id });
      void this.#host.updateComplete.then(() => offer?.focus());
    });
  }

  #set(asked: DangerousAct | undefined, gone: App | undefined): void {
    [this.asked, this.gone] = [asked, gone];
    this.#host.requestUpdate();
  }
}
