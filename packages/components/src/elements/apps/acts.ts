import type { FapiClient } from '@fapi/sdk';
import type { App } from '@fapi/sdk/contract';
import type { ReactiveElement } from 'lit';
import type { AppListController } from '../../controllers/app-list.ts';
import { emit } from '../../events.ts';
import type { CloneWish } from '../../parts/clone-form.ts';
import type { Open } from './app-item.ts';
import type { Starter } from './create-dialog.ts';

/** What acts leave behind, which the host draws. */
interface Host extends ReactiveElement {
  /** What an act asks for, and of which app. */
  open: { appId: string; what: Open } | undefined;
  isActing: boolean;
  failure: unknown;
  deleted: readonly App[] | undefined;
  gone: App | undefined;
}

/** What somebody does to apps: one act at a time, told to the page before and after, and shown before the stream tells. */
export class AppActs {
  readonly #host: Host;
  readonly #apps: AppListController;
  readonly #onSelect: (app: App) => void;

  constructor(host: Host, apps: AppListController, onSelect: (app: App) => void) {
    [this.#host, this.#apps, this.#onSelect] = [host, apps, onSelect];
  }

  async create(title: string, starter: Starter | undefined): Promise<void> {
    const files = starter?.files;
    if (!emit(this.#host, 'fapi-app-create-request', { title, files }, { cancelable: true })) return this.#find<HTMLDialogElement>('dialog')?.close();
    await this.#act(async (client) => {
      const app = await client.apps.create({ title, ...(files ? { files: files.map(({ path, content }) => ({ path, content })) } : {}) });
      this.#apps.take(app);
      this.#find<HTMLDialogElement>('dialog')?.close();
      this.#onSelect(app);
      emit(this.#host, 'fapi-app-create', { appId: app.id, app });
    });
  }

  /** The first app, without a question. What was pressed is gone by then, and the page may have put the focus where its user goes on. */
  async start(starter: Starter): Promise<void> {
    await this.create(starter.title, starter);
    await this.#host.updateComplete;
    if (document.activeElement === document.body) this.#find('[data-open]')?.focus();
  }

  async clone(app: App, { title, from, environment, deploy }: CloneWish): Promise<void> {
    if (!emit(this.#host, 'fapi-app-clone-request', { appId: app.id, from }, { cancelable: true })) return;
    await this.#act(async (client) => {
      const copy = await client.apps.clone(app.id, { title, from, environment, deploy });
      this.#apps.take(copy);
      this.#host.open = undefined;
      emit(this.#host, 'fapi-app-clone', { appId: app.id, app: copy });
      this.#onSelect(copy);
    });
  }

  async rename(app: App, title: string): Promise<void> {
    if (title === '' || title === app.title) return void (this.#host.open = undefined);
    await this.#act(async (client) => {
      this.#apps.take(await client.apps.patch(app.id, { title }));
      this.#host.open = undefined;
    });
  }

  /** Opens what an act asks for, in the place of what is open; a name that was typed there is taken first. */
  async ask(app: App, what: Open | undefined): Promise<void> {
    const { open } = this.#host;
    const isSame = open?.appId === app.id && open.what === what;
    if (what === undefined || isSame || (await this.#takeName())) this.#host.open = what && { appId: app.id, what };
  }

  async delete(app: App): Promise<void> {
    if (!emit(this.#host, 'fapi-app-delete-request', { appId: app.id }, { cancelable: true })) return;
    await this.#act(async (client) => {
      await client.apps.delete(app.id);
      this.#apps.drop(app.id);
      [this.#host.open, this.#host.gone] = [undefined, app];
      emit(this.#host, 'fapi-app-delete', { appId: app.id });
    });
  }

  async restore(app: App): Promise<void> {
    const host = this.#host;
    await this.#act(async (client) => {
      this.#apps.take(await client.apps.restore(app.id));
      host.deleted = host.deleted?.filter(({ id }) => id !== app.id);
      if (host.gone?.id === app.id) host.gone = undefined;
      await host.updateComplete;
      this.#find(host.deleted ? '.deleted button, footer button' : `[data-app="${app.id}"] [data-open]`)?.focus();
    });
  }

  async toggleDeleted(): Promise<void> {
    const host = this.#host;
    if (host.deleted) return void (host.deleted = undefined);
    if (!(await this.#takeName())) return;
    await this.#act(async (client) => {
      const found: App[] = [];
      for await (const app of client.apps.list({ deleted: true })) found.push(app);
      [host.deleted, host.gone, host.open] = [found, undefined, undefined];
    });
  }

  /** The name that was typed into an open field, as a list of files has it. False where it cannot be had: the field stays. */
  async #takeName(): Promise<boolean> {
    const form = this.#find<HTMLFormElement>('form.rename');
    const app = this.#apps.list.apps.find(({ id }) => id === this.#host.open?.appId);
    if (!form || !app) return true;
    if (!form.reportValidity()) return false;
    await this.rename(app, String(new FormData(form).get('title')).trim());
    return this.#host.open === undefined;
  }

  async #act(act: (client: FapiClient) => Promise<void>): Promise<void> {
    const host = this.#host;
    const { client } = this.#apps;
    if (host.isActing || !client) return;
    [host.isActing, host.failure] = [true, undefined];
    try {
      await act(client);
    } catch (error) {
      host.failure = error;
    } finally {
      host.isActing = false;
    }
  }

  #find<T extends HTMLElement = HTMLElement>(place: string): T | null { return this.#host.renderRoot.querySelector<T>(place); }
}
