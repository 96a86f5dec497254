import type { Socket } from 'node:net';
import { type OwnAnswer, makeBadRequest, tooSlow, writeOwnAnswer } from '../answers/own-answer.ts';
import { BodyFramer } from '../http/body-framer.ts';
import { HeadCollector } from '../http/head-collector.ts';
import { HeadError } from '../http/http-head.ts';
import { readRequestHead, type RequestHead } from '../http/request-head.ts';
import type { DataPath } from './data-path.ts';
import { Exchange } from './exchange.ts';

/** What a client's bytes go through while it is not idle. */
export interface Passage {
  /** Takes what belongs to it from `bytes`; gives back the index of the first byte that does not. */
  takeBytes(bytes: Buffer): number;
  onClientDrain(): void;
  /** The client sent its end. True when bytes may still go the other way. */
  onClientEnd(): boolean;
  /** The client is gone: the app is told by the end of its connection. */
  abort(): void;
  /** A deadline of the client has passed. True when it can still be told. */
  expire(): boolean;
}

/** A client's connection: reads one request after the other and lets each be answered before the next is begun. */
export class ClientConnection {
  readonly socket: Socket;
  readonly requestBody = new BodyFramer();
  readonly answerBody = new BodyFramer();
  /** When `expire` is due, in milliseconds of the clock. */
  deadline: number;
  /** It sends nothing more, and may still be owed answers. */
  hasEnded = false;
  readonly #path: DataPath;
  /** As it was when the connection came: a closed socket knows none. */
  readonly #remoteAddress: string;
  readonly #collector = new HeadCollector();
  #passage: Passage | undefined;
  /** Bytes that came before their turn. */
  #pending: Buffer | undefined;
  #isEnding = false;
  #isPumping = false;

  constructor(socket: Socket, path: DataPath) {
    this.socket = socket;
    this.#path = path;
    this.#remoteAddress = socket.remoteAddress ?? '';
    this.deadline = path.now() + path.limits.headMs;
    socket.on('data', (bytes: Buffer) => this.#onBytes(bytes));
    socket.on('drain', () => this.#onDrain());
    socket.on('end', () => this.#onEnd());
    // What matters is that it closes; why a client went away does not.
    socket.on('error', () => undefined);
    socket.on('close', () => this.#passage?.abort());
  }

  /** Lines that tell the app who asks. */
  forwardedOf(head: RequestHead): string {
    return this.#path.tellForwarded(this.#remoteAddress, head);
  }

  get isLocal(): boolean {
    return /^(::ffff:)?127\.|^::1$/.test(this.#remoteAddress);
  }

  get isIdle(): boolean {
    return this.#passage === undefined && !this.#isEnding;
  }

  /** The protocol was switched: no request comes any more. */
  continueAs(passage: Passage): void {
    this.#passage = passage;
  }

  /** Bytes that the client sent ahead, for a tunnel that has just been opened. */
  takePending(): Buffer | undefined {
    const bytes = this.#pending;
    this.#pending = undefined;
    return bytes;
  }

  /** The exchange is over and the connection stays: on to the next request. */
  next(): void {
    this.#passage = undefined;
    if (this.#path.isDraining) return this.end();
    this.#goOn();
  }

  /** Sends what is written, then closes. What the client still sends is read and thrown away, or it would lose our answer to a reset. */
  end(): void {
    this.#passage = undefined;
    this.#pending = undefined;
    if (this.#isEnding) return;
    this.#isEnding = true;
    const { limits } = this.#path;
    this.deadline = this.#path.now() + limits.writeIdleMs;
    this.socket.end(() => {
      this.deadline = this.#path.now() + limits.lingerMs;
    });
    this.socket.resume();
  }

  /** Breaks off an answer so that the client cannot take it for a whole one. */
  truncate(isFramed: boolean): void {
    this.#passage = undefined;
    this.#isEnding = true;
    this.deadline = this.#path.now() + this.#path.limits.lingerMs;
    if (isFramed) this.socket.destroySoon();
    else this.socket.resetAndDestroy();
  }

  /** Gives an answer of ours to a request and goes on, or closes when `closes`. */
  answer(answer: OwnAnswer, head: RequestHead, requestId: string, closes: boolean): void {
    this.socket.write(writeOwnAnswer(answer, { requestId, asHtml: head.acceptsHtml, method: head.method, closes }), 'latin1');
    if (closes) this.end();
    else this.next();
  }

  /** The deadline has passed. */
  expire(): void {
    const isLate = this.#passage ? this.#passage.expire() : !this.#isEnding && !this.#collector.isEmpty;
    if (isLate) this.#refuse(tooSlow);
    else this.socket.destroy();
  }

  #onBytes(bytes: Buffer): void {
    if (this.#isEnding) return;
    if (!this.#passage) {
      this.#pending = this.#pending ? Buffer.concat([this.#pending, bytes]) : bytes;
      return this.#pump();
    }
    const end = this.#passage.takeBytes(bytes);
    if (end < bytes.length) this.#keep(bytes.subarray(end));
  }

  #keep(bytes: Buffer): void {
    if (this.#isEnding) return;
    this.#pending = this.#pending ? Buffer.concat([this.#pending, bytes]) : bytes;
    if (this.#passage) this.socket.pause();
    else this.#pump();
  }

  /** A loop, not a recursion: a client may send thousands of requests in one packet. */
  #pump(): void {
    if (this.#isPumping) return;
    this.#isPumping = true;
    while (this.#pending && this.isIdle && !this.socket.writableNeedDrain) {
      const bytes = this.#pending;
      this.#pending = undefined;
      this.#readHead(bytes);
    }
    this.#isPumping = false;
    if (this.isIdle && this.socket.isPaused() && !this.#pending) this.socket.resume();
    else if (this.isIdle && this.#pending) this.socket.pause();
  }

  #readHead(bytes: Buffer): void {
    if (this.#collector.isEmpty) this.deadline = this.#path.now() + this.#path.limits.headMs;
    let head: RequestHead;
    try {
      const text = this.#collector.add(bytes);
      if (text === undefined) return;
      // One empty line before a request is a habit of old clients (RFC 9112, 2.2).
      head = readRequestHead(text.startsWith('\r\n') ? text.slice(2) : text);
    } catch (error) {
      if (error instanceof HeadError) return this.#refuse(makeBadRequest(error.status, error.message));
      throw error;
    }
    this.deadline = Infinity;
    const exchange = new Exchange(this.#path, this, head);
    this.#passage = exchange;
    const { chunk, rest } = this.#collector;
    if (rest < chunk.length) {
      const after = chunk.subarray(rest);
      const end = exchange.takeBytes(after);
      if (end < after.length) this.#keep(after.subarray(end));
    }
    exchange.start();
  }

  /** Nothing after this can be trusted: one answer, then the end. */
  #refuse(answer: OwnAnswer): void {
    this.socket.write(writeOwnAnswer(answer, { requestId: this.#path.makeRequestId(), asHtml: false, method: 'GET', closes: true }), 'latin1');
    this.end();
  }

  /** On to what was sent ahead; who sends nothing more has the end as soon as the last answer is away. */
  #goOn(): void {
    this.#rest();
    this.#pump();
    if (this.hasEnded && this.isIdle && !this.#pending && !this.socket.writableNeedDrain) this.end();
  }

  #rest(): void {
    const { keepAliveMs, writeIdleMs } = this.#path.limits;
    this.deadline = this.#path.now() + (this.socket.writableNeedDrain ? writeIdleMs : keepAliveMs);
  }

  #onDrain(): void {
    if (this.#passage) return this.#passage.onClientDrain();
    if (!this.#isEnding) this.#goOn();
  }

  #onEnd(): void {
    this.hasEnded = true;
    if (this.#passage?.onClientEnd()) return;
    this.#passage?.abort();
    this.#passage = undefined;
    this.#isEnding = true;
    this.deadline = this.#path.now() + this.#path.limits.writeIdleMs;
    this.socket.destroySoon();
  }
}
