import type { FapiClient } from '@fapi/sdk';
import type { AppSnapshot, AppStore } from '@fapi/sdk/workspace';
import { ContextConsumer } from '@lit/context';
import type { ReactiveController, ReactiveElement } from 'lit';
import { clientContext, workspaceOf } from '../contexts.ts';
import type { Strings } from '../strings.ts';
import { consumeLocale } from './locale.ts';

interface AppHost extends ReactiveElement {
  appId: string | undefined;
  /** Overrides the client of the provider around. */
  client: FapiClient | undefined;
}

/**
 * Holds the store of the host's app while the host is in the page: by `app-id`, from the host's client or the provider around.
 * Takes another store when one of them changes and lets go when the host leaves.
 */
export class AppStoreController implements ReactiveController {
  readonly #host: AppHost;
  readonly #onChange: ((snapshot: AppSnapshot, before: AppSnapshot | undefined) => void) | undefined;
  readonly #client: ContextConsumer<typeof clientContext, AppHost>;
  readonly #locale: ReturnType<typeof consumeLocale>;
  #held: { client: FapiClient; appId: string; store: AppStore; let: () => void } | undefined;
  #seen: AppSnapshot | undefined;
  #isConnected = false;

  constructor(host: AppHost, onChange?: (snapshot: AppSnapshot, before: AppSnapshot | undefined) => void) {
    this.#host = host;
    this.#onChange = onChange;
    this.#client = new ContextConsumer(host, { context: clientContext, subscribe: true });
    this.#locale = consumeLocale(host);
    host.addController(this);
  }

  get client(): FapiClient | undefined { return this.#host.client ?? this.#client.value; }
  get locale(): string { return this.#locale.locale; }
  get strings(): Strings { return this.#locale.strings; }
  get store(): AppStore | undefined { return this.#held?.store; }
  get snapshot(): AppSnapshot | undefined { return this.#held?.store.snapshot; }

  hostConnected(): void {
    this.#isConnected = true;
    this.#host.requestUpdate();
  }

  hostUpdate(): void {
    if (!this.#isConnected) return;
    const { client } = this;
    const { appId } = this.#host;
    if (this.#held && this.#held.client === client && this.#held.appId === appId) return;
    this.#release();
    if (client && appId) this.#acquire(client, appId);
  }

  hostDisconnected(): void {
    this.#isConnected = false;
    // A move in the DOM disconnects and connects in one go: keep the store until that is over.
    queueMicrotask(() => { if (!this.#isConnected) this.#release(); });
  }

  #acquire(client: FapiClient, appId: string): void {
    const { store, release } = workspaceOf(client).acquire(appId);
    this.#seen = undefined;
    const unsubscribe = store.subscribe((snapshot) => this.#take(snapshot));
    this.#held = { client, appId, store, let: () => { unsubscribe(); release(); } };
    this.#take(store.snapshot);
  }

  #take(snapshot: AppSnapshot): void {
    const before = this.#seen;
    this.#seen = snapshot;
    this.#onChange?.(snapshot, before);
    this.#host.requestUpdate();
  }

  #release(): void {
    this.#held?.let();
    this.#held = undefined;
    this.#seen = undefined;
  }
}
