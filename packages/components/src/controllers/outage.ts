import type { FapiClient } from '@fapi/sdk';
import type { AppStore } from '@fapi/sdk/workspace';

/** An element that says of an app that its server is away. */
interface Teller { readonly host: HTMLElement; readonly store: AppStore }
/** Who says so on this page, and who wants to know of it. */
interface Told { readonly tellers: Set<Teller>; readonly listeners: Set<() => void> }

const ofClients = new WeakMap<FapiClient, Told>();

function toldOf(client: FapiClient): Told {
  const known = ofClients.get(client) ?? { tellers: new Set(), listeners: new Set() };
  ofClients.set(client, known);
  return known;
}

/** From now on this element says it; what is handed back ends that. */
export function tellOutage(client: FapiClient, teller: Teller): () => void {
  const { tellers, listeners } = toldOf(client);
  const tell = (): void => { for (const listener of listeners) listener(); };
  let before = teller.store.snapshot.connection;
  tellers.add(teller);
  const unsubscribe = teller.store.subscribe(({ connection }) => {
    if (connection === before) return;
    before = connection;
    tell();
  });
  return () => {
    unsubscribe();
    tellers.delete(teller);
    tell();
  };
}

/** Calls whenever somebody begins or ends to say it; that one of them can be seen or not is told by nobody. What is handed back ends that. */
export function hearOutage(client: FapiClient, listener: () => void): () => void {
  const { listeners } = toldOf(client);
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** Somebody who can be seen says it of this app, whenever it is so. */
export const isToldOfApp = (client: FapiClient, store: AppStore): boolean => isTold(client, (teller) => teller.store === store);
/** Somebody who can be seen says now that the server is away. */
export const isToldNow = (client: FapiClient): boolean => isTold(client, ({ store }) => store.snapshot.load === 'ready' && store.snapshot.connection === 'reconnecting');

const isTold = (client: FapiClient, does: (teller: Teller) => boolean): boolean => [...ofClients.get(client)?.tellers ?? []].some((teller) => does(teller) && teller.host.checkVisibility());
