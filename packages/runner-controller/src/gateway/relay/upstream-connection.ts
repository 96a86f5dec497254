import { HeadCollector } from '../http/head-collector.ts';
import type { Place } from '../routes/place.ts';
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

/** A connection to an app, opened for one place of one route in one generation. */
export class UpstreamConnection {
  readonly route: Route;
  readonly place: Place;
  readonly socket: AppSocket;
  readonly collector = new HeadCollector();
  /** Requests that were sent on it. */
  requests = 0;
  idleSince = 0;
  user: UpstreamUser | undefined;
  #isGone = false;

  /** `connectMs`: how long an address may take to answer the call; one whose machine is gone would take minutes. */
  constructor(route: Route, place: Place, user: UpstreamUser, connectMs: number) {
    this.route = route;
    this.place = place;
    place.connections++;
    this.user = user;
    let code: string | undefined;
    const socket = new AppSocket();
    this.socket = socket;
    socket.on('connect', () => {
      clearTimeout(late);
      this.user?.onConnected?.(this);
    });
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
      clearTimeout(late);
      place.connections--;
      if (socket.rescued) this.user?.onUpstreamBytes(socket.rescued);
      this.#onGone(code ?? 'ECLOSED');
    });
    const { address } = place;
    // A unix socket is answered or refused in the very call.
    const late = 'path' in address ? undefined : setTimeout(() => socket.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })), connectMs);
    socket.connect('path' in address ? { path: address.path } : { host: address.host, port: address.port, noDelay: true, keepAlive: true, keepAliveInitialDelay: 15_000 });
  }

  /** May be used for a request that comes now. */
  get isCurrent(): boolean {
    return this.route.isCurrent && this.place.isCurrent;
  }

  /** What a broken connection says of the bytes that were sent on it differs. */
  get isLocal(): boolean {
    return 'path' in this.place.address;
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
    const at = this.place.idle.indexOf(this);
    if (at >= 0) this.place.idle.splice(at, 1);
    const { user } = this;
    this.user = undefined;
    user?.onUpstreamGone(code);
    // A WebSocket whose app stopped sending may still be owed bytes of its client.
    if (code === undefined) this.socket.destroySoon();
  }
}
