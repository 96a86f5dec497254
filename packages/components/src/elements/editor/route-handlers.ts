import type { AppFile } from '@fapi/sdk/contract';
import type { AppSnapshot } from '@fapi/sdk/workspace';
import type { ReactiveController, ReactiveElement } from 'lit';
import type { HandlerPlace, Handlers } from './handlers.ts';

/** Where the routes of its host's draft are handled. What reads that comes when there are routes: until then, and where it cannot be had, no place is known. */
export class RouteHandlers implements ReactiveController {
  readonly #host: ReactiveElement;
  readonly #dryImport: () => AppSnapshot['dryImport'] | undefined;
  #asked: AppSnapshot['dryImport'] | undefined;
  #handlers: Handlers | undefined;

  constructor(host: ReactiveElement, dryImport: () => AppSnapshot['dryImport'] | undefined) {
    this.#host = host;
    this.#dryImport = dryImport;
    host.addController(this);
  }

  get areHere(): boolean { return this.#handlers !== undefined; }

  find(files: readonly AppFile[], method: string, path: string): HandlerPlace | undefined { return this.#handlers?.find(files, method, path); }

  /** How many routes are handled in this file. */
  count(files: readonly AppFile[], file: string): number { return this.#handlers?.count(files, file) ?? 0; }

  hostUpdated(): void {
    const dryImport = this.#dryImport();
    if (this.#handlers || !dryImport?.routes?.length || dryImport === this.#asked) return;
    // Once for each check: what cannot be had now is asked for with the next.
    this.#asked = dryImport;
    void import('./handlers.ts').then(({ Handlers }) => {
      this.#handlers ??= new Handlers();
      this.#host.requestUpdate();
    }, () => undefined);
  }
}
