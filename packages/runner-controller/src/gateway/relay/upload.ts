import type { RequestHead } from '../http/request-head.ts';
import type { AppSocket } from './app-socket.ts';
import type { ClientConnection } from './client-connection.ts';
import type { DataPath } from './data-path.ts';
import { writeTogether } from './write-together.ts';

/** The body of one request on its way to the app: no more of it is taken in than the app takes. */
export class Upload {
  /** Bytes that came before the app could be written to; kept for a retry until more is sent. */
  early: Buffer | undefined;
  /** Everything that was sent can be sent once more. */
  isReplayable = true;
  /** The client waits for nothing before it sends its body, or has been told to. */
  #isAwaited: boolean;
  readonly #path: DataPath;
  readonly #client: ClientConnection;

  constructor(path: DataPath, client: ClientConnection, head: RequestHead) {
    this.#path = path;
    this.#client = client;
    this.#isAwaited = !head.expectsContinue;
    client.requestBody.start(head.isChunked ? 'chunked' : Math.max(0, head.contentLength), 'refused');
  }

  get isDone(): boolean {
    return this.#client.requestBody.isDone;
  }

  /** No more is taken in before there is someone to give it to. */
  hold(): void {
    if (!this.isDone) this.#client.socket.pause();
  }

  keep(part: Buffer): void {
    this.early = this.early ? Buffer.concat([this.early, part]) : part;
  }

  /** Sends the head, with what there is of the body. */
  begin(socket: AppSocket, head: string): void {
    const isTaken = writeTogether(socket, head, this.early);
    if (isTaken && !this.isDone) this.readMore();
  }

  send(socket: AppSocket, part: Buffer): void {
    this.isReplayable = false;
    this.early = undefined;
    socket.mayBeAnswered = true;
    const isTaken = socket.write(part);
    if (!this.isDone && isTaken) return this.readMore();
    this.#client.deadline = Infinity;
    if (!this.isDone) this.#client.socket.pause();
  }

  /** An interim answer came. */
  onInterim(): void {
    this.#isAwaited = true;
    if (!this.isDone) this.readMore();
  }

  readMore(): void {
    this.#client.deadline = this.#isAwaited ? this.#path.now() + this.#path.limits.bodyIdleMs : Infinity;
    this.#client.socket.resume();
  }
}
