import type { Route } from '../routes/route-table.ts';
import { UpstreamConnection, type UpstreamUser } from './upstream-connection.ts';

/** Kept-alive connections to apps. They live on their route, so that a route that is replaced takes its connections with it. */
export interface UpstreamPool {
  /** The most recently used idle connection of the route, ready to be written to in this very turn. */
  take(route: Route, user: UpstreamUser): UpstreamConnection | undefined;
  /** Opens a new one; the user hears `onConnected` or `onUpstreamGone`. */
  open(route: Route, user: UpstreamUser): UpstreamConnection;
  /** Takes back a connection on which no request is open; closes it when its route is no longer current. */
  release(connection: UpstreamConnection): void;
  /** Closes what has been idle for too long. */
  sweep(routes: Iterable<Route>): void;
}

export function createUpstreamPool({ idlePerApp, upstreamIdleMs, now }: { idlePerApp: number; upstreamIdleMs: number; now: () => number }): UpstreamPool {
  return {
    take(route, user) {
      const connection = route.idle.pop();
      if (connection) connection.user = user;
      return connection;
    },
    open: (route, user) => new UpstreamConnection(route, user),
    release(connection) {
      connection.user = undefined;
      if (!connection.route.isCurrent || connection.route.idle.length >= idlePerApp || connection.socket.readableEnded) return connection.destroy();
      connection.socket.mayBeAnswered = false;
      connection.idleSince = now();
      connection.route.idle.push(connection);
    },
    sweep(routes) {
      const oldest = now() - upstreamIdleMs;
      for (const route of routes) {
        const kept = route.idle.findIndex((connection) => connection.idleSince > oldest);
        for (const connection of route.idle.splice(0, kept < 0 ? route.idle.length : kept)) connection.destroy();
      }
    },
  };
}
