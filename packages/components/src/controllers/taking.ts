import type { FapiClient } from '@fapi/sdk';
import type { AppFile } from '@fapi/sdk/contract';
import type { AppSnapshot, AppStore } from '@fapi/sdk/workspace';
import type { ReactiveElement } from 'lit';
import { emit } from '../events.ts';
import { areSame } from '../same-files.ts';
import type { ActController } from './act.ts';

export interface TakingOptions {
  readonly act: ActController;
  readonly app: { readonly client: FapiClient | undefined; readonly store: AppStore | undefined };
}

type TakingHost = ReactiveElement & { readonly appId: string | undefined };
interface Taken { readonly word: string; readonly former: readonly AppFile[]; readonly files: readonly AppFile[] }

/** Lays the files of a revision in the place of the draft's, and gives back what was there, until something is typed over them. */
export class TakingController {
  readonly #host: TakingHost;
  readonly #options: TakingOptions;
  #taken: Taken | undefined;

  constructor(host: TakingHost, options: TakingOptions) {
    this.#host = host;
    this.#options = options;
  }

  /** What was said to be taken, while it can be given back. */
  get word(): string | undefined { return this.#taken?.word; }

  async take(revision: string, word: string): Promise<void> {
    const { act, app } = this.#options;
    const { client, store } = app;
    const { appId } = this.#host;
    if (!client || !store || !appId) return;
    await act.run(async () => {
      const { files } = await client.revisions.files(appId, revision);
      // Another app is shown by now: undone there, it would put these files into that one.
      if (app.store !== store || this.#host.appId !== appId) return;
      const former = store.snapshot.files;
      store.replaceFiles(files);
      this.#set({ word, former, files });
      emit(this.#host, 'fapi-draft-take', { appId, revision });
    });
  }

  giveBack(): void {
    if (this.#taken) this.#options.app.store?.replaceFiles(this.#taken.former);
    this.forget();
  }

  /** There is no way back over what was typed. */
  see({ files }: Pick<AppSnapshot, 'files'>): void {
    if (this.#taken && !areSame(files, this.#taken.files)) this.forget();
  }

  forget(): void { if (this.#taken) this.#set(undefined); }

  #set(taken: Taken | undefined): void {
    this.#taken = taken;
    this.#host.requestUpdate();
  }
}
