import { isApiError } from '@fapi/sdk';
import type { FapiClient } from '@fapi/sdk';
import type { App } from '@fapi/sdk/contract';
import { ContextConsumer } from '@lit/context';
import type { ReactiveController, ReactiveElement } from 'lit';
import { clientContext } from '../contexts.ts';
import { hearOutage, isToldNow } from './outage.ts';

const retryMs = 2_000;
const pageSize = 100;

/** All apps that the client may see, newest first, as the stream tells of them. */
export interface AppList {
  readonly apps: readonly App[];
  readonly isRead: boolean;
  /** Why it is not read any more: nothing that another try would mend. */
  readonly error: unknown;
  /** The last read failed, and another is under way by itself. */
  readonly isTrying: boolean;
  readonly isReconnecting: boolean;
}

const nothingYet: AppList = { apps: [], isRead: false, error: undefined, isTrying: false, isReconnecting: false };

/** One list and one stream per client, however many elements show it. */
class SharedList {
  readonly #client: FapiClient;
  readonly #hosts = new Set<ReactiveElement>();
  #following: AbortController | undefined;
  #apps = new Map<string, App>();
  #state = nothingYet;

  constructor(client: FapiClient) { this.#client = client; }

  get state(): AppList { return this.#state; }

  join(host: ReactiveElement): void {
    this.#hosts.add(host);
    if (!this.#following) this.start();
  }

  leave(host: ReactiveElement): void {
    this.#hosts.delete(host);
    // A move in the page leaves and joins in one go.
    queueMicrotask(() => {
      if (this.#hosts.size > 0) return;
      this.#following?.abort();
      this.#following = undefined;
    });
  }

  start(): void {
    this.#following?.abort();
    const own = (this.#following = new AbortController());
    this.#set({ error: undefined });
    void this.#follow(own.signal).catch((error: unknown) => { if (!own.signal.aborted) this.#set({ error, isTrying: false }); });
  }

  take(app: App): void {
    this.#apps.set(app.id, app);
    this.#publish();
  }

  drop(appId: string): void {
    if (this.#apps.delete(appId)) this.#publish();
  }

  async #follow(signal: AbortSignal): Promise<void> {
    for await (const event of this.#client.events.stream({ topics: ['apps'], signal, onConnection: (state) => this.#set({ isReconnecting: state === 'reconnecting' }) })) {
      if (event.type === 'ready' || event.type === 'reset') await this.#readPatiently(signal);
      else if (event.type === 'app') this.take(event.app);
      else if (event.type === 'app_deleted') this.drop(event.appId);
    }
  }

  /** The stream says ready once: a read that fails after it is tried again until it works, and the list stays as it was. */
  async #readPatiently(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        const read = new Map<string, App>();
        for await (const app of this.#client.apps.list({ limit: pageSize }, { signal })) read.set(app.id, app);
        this.#apps = read;
        return this.#publish({ isRead: true, isTrying: false });
      } catch (error) {
        if (signal.aborted || (isApiError(error) && error.status < 500 && error.code !== 'rate_limited')) throw error;
        this.#set({ isTrying: true });
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, retryMs);
          signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
        });
      }
    }
  }

  #publish(change: Partial<AppList> = {}): void {
    this.#set({ apps: [...this.#apps.values()].toSorted((a, b) => (a.createdAt === b.createdAt ? 0 : a.createdAt < b.createdAt ? 1 : -1)), ...change });
  }

  #set(change: Partial<AppList>): void {
    this.#state = { ...this.#state, ...change };
    for (const host of this.#hosts) host.requestUpdate();
  }
}

const lists = new WeakMap<FapiClient, SharedList>();

/** Follows the list of apps while its host is in the page. */
export class AppListController implements ReactiveController {
  readonly #host: ReactiveElement & { client: FapiClient | undefined };
  readonly #client: ContextConsumer<typeof clientContext, ReactiveElement>;
  #joined: { client: FapiClient; list: SharedList; hearNoMore: () => void } | undefined;
  #isConnected = false;

  constructor(host: ReactiveElement & { client: FapiClient | undefined }) {
    this.#host = host;
    this.#client = new ContextConsumer(host, { context: clientContext, subscribe: true });
    host.addController(this);
  }

  get client(): FapiClient | undefined { return this.#host.client ?? this.#client.value; }
  get list(): AppList { return this.#joined?.list.state ?? nothingYet; }
  /** An editor on the page says that the server is away. */
  get isAwayTold(): boolean { return this.#joined !== undefined && isToldNow(this.#joined.client); }

  /** Shows what an act has answered, before the stream tells. */
  take(app: App): void { this.#joined?.list.take(app); }
  drop(appId: string): void { this.#joined?.list.drop(appId); }
  retry(): void { this.#joined?.list.start(); }

  hostConnected(): void {
    this.#isConnected = true;
    this.#host.requestUpdate();
  }

  hostUpdate(): void {
    const { client } = this;
    if (!this.#isConnected || this.#joined?.client === client) return;
    this.#leave();
    if (!client) return;
    const list = lists.get(client) ?? new SharedList(client);
    lists.set(client, list);
    this.#joined = { client, list, hearNoMore: hearOutage(client, () => this.#host.requestUpdate()) };
    list.join(this.#host);
  }

  hostDisconnected(): void {
    this.#isConnected = false;
    this.#leave();
  }

  #leave(): void {
    this.#joined?.hearNoMore();
    this.#joined?.list.leave(this.#host);
    this.#joined = undefined;
  }
}
