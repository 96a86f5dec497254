import type { ClientConnection, Passage } from './client-connection.ts';
import type { DataPath } from './data-path.ts';
import type { UpstreamConnection, UpstreamUser } from './upstream-connection.ts';

/** After a switch of protocols: bytes both ways, no faster than the slower side takes them, until both sides have ended. */
export class Tunnel implements UpstreamUser, Passage {
  readonly #path: DataPath;
  readonly #client: ClientConnection;
  #upstream: UpstreamConnection | undefined;

  constructor(path: DataPath, client: ClientConnection, upstream: UpstreamConnection) {
    this.#path = path;
    this.#client = client;
    this.#upstream = upstream;
    upstream.user = this;
    client.deadline = Infinity;
  }

  /** `first` came right behind the answer that switched. */
  start(first: Buffer): void {
    if (first.length > 0) this.onUpstreamBytes(first);
    const ahead = this.#client.takePending();
    if (ahead) this.takeBytes(ahead);
    if (this.#upstream && !this.#upstream.socket.writableNeedDrain) this.#client.socket.resume();
  }

  takeBytes(bytes: Buffer): number {
    if (!this.#upstream?.socket.write(bytes)) this.#client.socket.pause();
    return bytes.length;
  }

  onUpstreamBytes(bytes: Buffer): void {
    if (this.#client.socket.write(bytes)) return;
    this.#upstream?.socket.pause();
    this.#client.deadline = this.#path.now() + this.#path.limits.writeIdleMs;
  }

  onUpstreamDrain(): void {
    this.#client.socket.resume();
  }

  onClientDrain(): void {
    this.#client.deadline = Infinity;
    this.#upstream?.socket.resume();
  }

  onUpstreamGone(code: string | undefined): void {
    this.#upstream = undefined;
    if (code === undefined) this.#client.end();
    else this.#client.truncate(true);
  }

  onClientEnd(): boolean {
    this.#upstream?.socket.end();
    return this.#upstream !== undefined;
  }

  abort(): void {
    this.#upstream?.destroy();
    this.#upstream = undefined;
  }

  expire(): boolean {
    this.abort();
    return false;
  }
}
