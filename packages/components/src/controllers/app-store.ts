import type { FapiClient } from '@fapi/sdk';
import type { AppSnapshot, AppStore } from '@fapi/sdk/workspace';
import { ContextConsumer } from '@lit/context';
import type { ReactiveController, ReactiveElement } from 'lit';
import { clientContext } from '../contexts.ts';
import { emit, tellError } from '../events.ts';
import type { Strings } from '../strings.ts';
import { workspaceOf } from '../workspaces.ts';
import { consumeLocale } from './locale.ts';
import { isToldOfApp, tellOutage } from './outage.ts';

interface AppHost extends ReactiveElement {
  appId: string | undefined;
  /** Overrides the client of the provider around. */
  client: FapiClient | undefined;
}

/** What every host is drawn by. */
const always = ['appId', 'load', 'error', 'connection'] as const satisfies readonly (keyof AppSnapshot)[];
/** What a host that names its keys is given of an app. */
export type Seen<Key extends keyof AppSnapshot = keyof AppSnapshot> = Pick<AppSnapshot, Key | (typeof always)[number]>;

export interface AppStoreOptions<Key extends keyof AppSnapshot> {
  /** What the host is drawn by, and redrawn by: a key that is typed is no business of a list of logs. Everything when absent. */
  readonly sees?: readonly Key[];
  readonly onChange?: (snapshot: AppSnapshot, before: AppSnapshot | undefined) => void;
  /** The host says for all that show this app that the server is away: the others need not. */
  readonly tellsAway?: boolean;
}

/**
 * Holds the store of the host's app while the host is in the page: by `app-id`, from the host's client or the provider around.
 * Takes another store when one of them changes and lets go when the host leaves.
 */
export class AppStoreController<Key extends keyof AppSnapshot = keyof AppSnapshot> implements ReactiveController {
  readonly #host: AppHost;
  readonly #options: AppStoreOptions<Key>;
  readonly #client: ContextConsumer<typeof clientContext, AppHost>;
  readonly #locale: ReturnType<typeof consumeLocale>;
  #held: { client: FapiClient; appId: string; store: AppStore; let: () => void } | undefined;
  #seen: AppSnapshot | undefined;
  #isConnected = false;
  /** The page was told that the app is drawn. */
  #isReadyTold = false;

  constructor(host: AppHost, options: AppStoreOptions<Key> = {}) {
    this.#host = host;
    this.#options = options;
    this.#client = new ContextConsumer(host, { context: clientContext, subscribe: true });
    this.#locale = consumeLocale(host);
    host.addController(this);
  }

  get host(): ReactiveElement { return this.#host; }
  get client(): FapiClient | undefined { return this.#host.client ?? this.#client.value; }

  /** Whose the store is: a moment longer than another client is there. */
  get storeClient(): FapiClient | undefined { return this.#held?.client; }
  get locale(): string { return this.#locale.locale; }
  get strings(): Strings { return this.#locale.strings; }
  get store(): AppStore | undefined { return this.#held?.store; }
  get snapshot(): Seen<Key> | undefined { return this.#held?.store.snapshot; }

  /** An editor of this app can be seen, which says what goes wrong with its store, and that the server is away. To ask has the page laid out: never while all is well. */
  get isBesideEditor(): boolean { return !this.#options.tellsAway && this.#held !== undefined && isToldOfApp(this.#held.client, this.#held.store); }

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

  hostUpdated(): void {
    const { snapshot } = this;
    if (this.#isReadyTold || snapshot?.load !== 'ready' || (this.#host.renderRoot as ParentNode).querySelector('[part~=loading], [part~=error]')) return;
    this.#isReadyTold = true;
    emit(this.#host, 'fapi-ready', { source: this.#host.localName, appId: this.#host.appId });
  }

  hostDisconnected(): void {
    this.#isConnected = false;
    // A move in the DOM disconnects and connects in one go: keep the store until that is over.
    queueMicrotask(() => { if (!this.#isConnected) this.#release(); });
  }

  #acquire(client: FapiClient, appId: string): void {
    const { store, release } = workspaceOf(client).acquire(appId);
    this.#seen = undefined;
    this.#isReadyTold = false;
    const tellNoMore = this.#options.tellsAway ? tellOutage(client, { host: this.#host, store }) : undefined;
    const unsubscribe = store.subscribe((snapshot) => this.#take(snapshot));
    this.#held = { client, appId, store, let: () => { tellNoMore?.(); unsubscribe(); release(); } };
    this.#take(store.snapshot);
  }

  #take(snapshot: AppSnapshot): void {
    const before = this.#seen;
    this.#seen = snapshot;
    this.#options.onChange?.(snapshot, before);
    if (snapshot.load === 'failed' && before?.load !== 'failed') tellError(this.#host, snapshot.error);
    const { sees } = this.#options;
    if (!before || !sees || [...always, ...sees].some((key) => snapshot[key] !== before[key])) this.#host.requestUpdate();
  }

  #release(): void {
    this.#held?.let();
    this.#held = undefined;
    this.#seen = undefined;
  }
}
