import type { Held } from '../relay/holds.ts';
import { Place, toKey } from './place.ts';
import type { Address, RouteEntry, RouteList } from './route-source.ts';

/** What is counted per app, across its generations. */
export interface AppCounts {
  /** Requests that got a 5xx of ours because they never reached the app, or because it broke off before an answer. */
  unanswered: number;
  /** Requests that wait for the app now. */
  held: number;
}

/** One app in one generation. A connection belongs to the route and the place it was opened for, and is used no longer than both are current. */
export class Route {
  readonly appId: string;
  readonly host: string;
  readonly generation: number;
  readonly origin: string;
  readonly counts: AppCounts;
  phase: string;
  isCurrent = true;
  places: readonly Place[] = [];
  /** Requests that were sent and have no byte of an answer yet. */
  readonly unanswered = new Set<Held>();

  constructor(entry: RouteEntry, origin: string, counts: AppCounts) {
    this.appId = entry.appId;
    this.host = entry.host;
    this.generation = entry.generation;
    this.phase = entry.phase;
    this.origin = origin;
    this.counts = counts;
    this.move(entry.addresses);
  }

  is(entry: RouteEntry, origin: string): boolean {
    return this.appId === entry.appId && this.generation === entry.generation && this.origin === origin;
  }

  /** Other addresses from now on: those that stay keep their connections. */
  move(addresses: readonly Address[]): void {
    const former = new Map(this.places.map((place) => [toKey(place.address), place]));
    this.places = addresses.map((address) => former.get(toKey(address)) ?? new Place(address));
    for (const place of former.values()) if (!this.places.includes(place)) place.retire();
  }

  retire(): void {
    this.isCurrent = false;
    for (const place of this.places) place.retire();
  }
}

/** The table in force: the last one that was applied, for as long as it takes. */
export interface RouteTable {
  find(label: string): Route | undefined;
  /** In force when it returns: routes that changed are retired, their idle connections are closed. Calls the listeners last. */
  apply(list: RouteList): void;
  onApplied(listener: () => void): void;
  routes(): IterableIterator<Route>;
  /** Undefined until the first table. */
  version(): number | undefined;
}

export function createRouteTable(): RouteTable {
  let byHost = new Map<string, Route>();
  let version: number | undefined;
  const listeners: (() => void)[] = [];
  return {
    find: (label) => byHost.get(label),
    apply(list) {
      const former = byHost;
      const countsByApp = new Map([...former.values()].map((route) => [route.appId, route.counts]));
      const next = new Map<string, Route>();
      for (const entry of list.routes) {
        const host = entry.host.toLowerCase();
        const known = former.get(host);
        if (known?.is(entry, list.origin)) {
          known.phase = entry.phase;
          known.move(entry.addresses);
          next.set(host, known);
        } else {
          const counts = countsByApp.get(entry.appId) ?? { unanswered: 0, held: 0 };
          countsByApp.set(entry.appId, counts);
          next.set(host, new Route(entry, list.origin, counts));
        }
      }
      byHost = next;
      version = list.version;
      for (const [host, route] of former) if (next.get(host) !== route) route.retire();
      for (const listener of listeners) listener();
    },
    onApplied: (listener) => void listeners.push(listener),
    routes: () => byHost.values(),
    version: () => version,
  };
}
