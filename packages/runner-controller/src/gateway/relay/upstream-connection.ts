import { HeadCollector } from '../http/head-collector.ts';
import type { Route } from '../routes/route-table.ts';
import { AppSocket } from './app-socket.ts';

/** Who has a connection to an app in use. */
export interface UpstreamUser {
  onConnected?(connection: UpstreamConnection): void;
  onUpstreamBytes(bytes: Buffer): void;
  onUpstreamDrain(): void;
  /** Once: the app ended the connection (no code), or it broke (`ECONNREFUSED`, `ECONNRESET`, `EPIPE`, ...). */
  onUpstreamGone(code: string | undefined): void;
}

/** A connection to an app's unix socket, opened for one route in one generation. */
export class UpstreamConnection {
  readonly route: Route;
  readonly socket: AppSocket;
  readonly collector = new HeadCollector();
  /** Requests that were sent on it. */
  requests = 0;
  idleSince = 0;
  user: UpstreamUser | undefined;
  #isGone = false;

  constructor(route: Route, user: UpstreamUser) {
    this.route = route;
    this.user = user;
    let code: string | undefined;
    const socket = new AppSocket();
    this.socket = socket;
    socket.on('connect', () => this.user?.onConnected?.(this));
    socket.on('data', (bytes: Buffer) => {
      // An app that speaks without being asked has lost the framing.
      if (this.user) this.user.onUpstreamBytes(bytes);
      else this.destroy();
    });
    socket.on('drain', () => this.user?.onUpstreamDrain());
    socket.on('end', () => this.#onGone(undefined));
    socket.on('error', (error: NodeJS.ErrnoException) => {
      code = error.code ?? 'EUNKNOWN';
    });
    socket.on('close', () => {
      if (socket.rescued) this.user?.onUpstreamBytes(socket.rescued);
      this.#onGone(code ?? 'ECLOSED');
    });
    socket.connect({ path: route.socket });
  }

  get isConnected(): boolean {
    return !this.socket.connecting && !this.socket.destroyed;
  }

  /** Ends it now. Its user is not told. */
  destroy(): void {
    this.user = undefined;
    this.#isGone = true;
    this.socket.destroy();
  }

  #onGone(code: string | undefined): void {
    if (this.#isGone) return;
    this.#isGone = true;
    const at = this.route.idle.indexOf(this);
    if (at >= 0) this.route.idle.splice(at, 1);
    const { user } = this;
    this.user = undefined;
    user?.onUpstreamGone(code);
    // A WebSocket whose app stopped sending may still be owed bytes of its client.
    if (code === undefined) this.socket.destroySoon();
  }
}
