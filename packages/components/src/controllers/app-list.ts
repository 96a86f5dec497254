import { isApiError } from '@fapi/sdk';
import type { FapiClient } from '@fapi/sdk';
import type { App } from '@fapi/sdk/contract';
import { ContextConsumer } from '@lit/context';
import type { ReactiveController, ReactiveElement } from 'lit';
import { clientContext } from '../contexts.ts';
import { hearOutage, isToldNow } from './outage.ts';

const retryMs = 2_000;
/** The longest between two tries of what hardly mends by itself. */
const longestRetryMs = 60_000;
const pageSize = 100;

/** All apps that the client may see, newest first, as the stream tells of them. */
export interface AppList {
  readonly apps: readonly App[];
  readonly isRead: boolean;
  /** Why it is not followed now: nothing that another try is likely to mend soon. It is tried again all the same, at longer and longer intervals, and at once when there is a token again. */
  readonly error: unknown;
  /** What failed last is tried again now, or in a moment. */
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
    if (!this.#following) this.#start({ error: undefined });
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

  /** Somebody asks for it: what is here stays, and it is said that it is tried. */
  retry(): void { this.#start({ error: undefined, isTrying: this.#state.isRead }); }

  take(app: App): void {
    this.#apps.set(app.id, app);
    this.#publish();
  }

  drop(appId: string): void {
    if (this.#apps.delete(appId)) this.#publish();
  }

  #start(change: Partial<AppList>): void {
    this.#following?.abort();
    const own = (this.#following = new AbortController());
    this.#set(change);
    void this.#follow(own.signal);
  }

  /** Never gives up while somebody shows it: a machine that slept, or a session of the portal that ended, is there again some time. */
  async #follow(signal: AbortSignal): Promise<void> {
    let waitMs = 0;
    while (!signal.aborted) {
      try {
        await this.#stream(signal, () => { waitMs = 0; });
        // It ends by itself with its client only.
        return;
      } catch (error) {
        if (signal.aborted) return;
        this.#set({ error, isTrying: false });
        // The stream alone asks whether the page is listed by now: that is one call a minute.
        waitMs = isApiError(error, 'origin_not_allowed') ? longestRetryMs : Math.min(waitMs * 2 || retryMs, longestRetryMs);
        await this.#pause(waitMs, signal);
      }
    }
  }

  async #stream(signal: AbortSignal, onRead: () => void): Promise<void> {
    for await (const event of this.#client.events.stream({ topics: ['apps'], signal, onConnection: (state) => this.#set({ isReconnecting: state === 'reconnecting' }) })) {
      if (event.type === 'ready' || event.type === 'reset') {
        await this.#readPatiently(signal);
        onRead();
      } else if (event.type === 'app') this.take(event.app);
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
        return this.#publish({ isRead: true, isTrying: false, error: undefined });
      } catch (error) {
        if (signal.aborted || (isApiError(error) && error.status < 500 && error.code !== 'rate_limited')) throw error;
        this.#set({ isTrying: true, error: undefined });
        await this.#pause(retryMs, signal);
      }
    }
  }

  /** Shorter where there is a token again meanwhile. */
  async #pause(ms: number, signal: AbortSignal): Promise<void> {
    const over = new AbortController();
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      const hearNoMore = this.#client.auth.subscribe((state) => { if (state === 'signed_in') resolve(); });
      signal.addEventListener('abort', () => resolve(), { signal: over.signal });
      over.signal.addEventListener('abort', () => {
        clearTimeout(timer);
        hearNoMore();
      });
    });
    over.abort();
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
  retry(): void { this.#joined?.list.retry(); }

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
