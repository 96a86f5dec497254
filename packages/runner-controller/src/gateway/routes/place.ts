import type { UpstreamConnection } from '../relay/upstream-connection.ts';
import type { Address } from './route-source.ts';

/** One address of a route. Connections belong to it, and are used no longer than it is current. */
export class Place {
  readonly address: Address;
  isCurrent = true;
  /** Connections that are open, idle ones included. */
  connections = 0;
  /** Until then, in milliseconds of the clock, others are asked first: it did not answer when it was called. */
  avoidedUntil = 0;
  readonly idle: UpstreamConnection[] = [];

  constructor(address: Address) {
    this.address = address;
  }

  /** Connections with a request on them. */
  get busy(): number {
    return this.connections - this.idle.length;
  }

  retire(): void {
    this.isCurrent = false;
    for (const connection of this.idle.splice(0)) connection.destroy();
  }
}

export const toKey = (address: Address): string => ('path' in address ? address.path : `${address.host} ${address.port}`);

/** The one with the least to do, at random among equals; one that failed lately only when there is no other. Undefined when all are in `tried`. */
export function choosePlace(places: readonly Place[], tried: ReadonlySet<Place>, now: number): Place | undefined {
  if (places.length === 1) return tried.has(places[0]!) ? undefined : places[0];
  let best: Place | undefined;
  const start = Math.floor(Math.random() * places.length);
  for (let n = 0; n < places.length; n++) {
    const place = places[(start + n) % places.length]!;
    if (tried.has(place)) continue;
    const isAvoided = place.avoidedUntil > now;
    if (!best || (best.avoidedUntil > now) > isAvoided || ((best.avoidedUntil > now) === isAvoided && place.busy < best.busy)) best = place;
  }
  return best;
}
