import type { Place } from '../routes/place.ts';
import type { Route } from '../routes/route-table.ts';
import { UpstreamConnection, type UpstreamUser } from './upstream-connection.ts';

/** Kept-alive connections to apps. They live on their place, so that one that is replaced takes its connections with it. */
export interface UpstreamPool {
  /** The most recently used idle connection of the place, ready to be written to in this very turn. */
  take(place: Place, user: UpstreamUser): UpstreamConnection | undefined;
  /** Opens a new one; the user hears `onConnected` or `onUpstreamGone`. */
  open(route: Route, place: Place, user: UpstreamUser): UpstreamConnection;
  /** Takes back a connection on which no request is open; closes it when its route or place is no longer current. */
  release(connection: UpstreamConnection): void;
  /** Closes what has been idle for too long. */
  sweep(routes: Iterable<Route>): void;
}

export function createUpstreamPool({ idlePerApp, upstreamIdleMs, connectMs, now }: { idlePerApp: number; upstreamIdleMs: number; connectMs: number; now: () => number }): UpstreamPool {
  return {
    take(place, user) {
      const connection = place.idle.pop();
      if (connection) connection.user = user;
      return connection;
    },
    open: (route, place, user) => new UpstreamConnection(route, place, user, connectMs),
    release(connection) {
      connection.user = undefined;
      if (!connection.isCurrent || connection.place.idle.length >= idlePerApp || connection.socket.readableEnded) return connection.destroy();
      connection.socket.mayBeAnswered = false;
      connection.idleSince = now();
      connection.place.idle.push(connection);
    },
    sweep(routes) {
      const oldest = now() - upstreamIdleMs;
      for (const route of routes) {
        for (const { idle } of route.places) {
          const kept = idle.findIndex((connection) => connection.idleSince > oldest);
          for (const connection of idle.splice(0, kept < 0 ? idle.length : kept)) connection.destroy();
        }
      }
    },
  };
}
