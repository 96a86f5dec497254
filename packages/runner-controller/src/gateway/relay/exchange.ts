import { badAnswer, brokeOff, makeBadRequest, notFound, type OwnAnswer, unknownApp, writeJsonAnswer } from '../answers/own-answer.ts';
import { type AnswerHead, type BodyLength, findBodyLength, isEventStream, readAnswerHead, writeAnswerHead } from '../http/answer-head.ts';
import { FramingError } from '../http/body-framer.ts';
import { HeadError } from '../http/http-head.ts';
import { type RequestHead, writeRequestHead } from '../http/request-head.ts';
import { Approach, type Caller } from './approach.ts';
import type { ClientConnection } from './client-connection.ts';
import type { DataPath } from './data-path.ts';
import { canRetry, isIdempotent, isUnread } from './retry.ts';
import type { UpstreamConnection, UpstreamUser } from './upstream-connection.ts';
import { writeTogether } from './write-together.ts';

const healthTarget = '/.fapi/gateway/health';
const interimLimit = 16;
/** One request and its answer: passes bytes both ways no faster than the slower side takes them. */
export class Exchange implements UpstreamUser, Caller {
  readonly #path: DataPath;
  readonly #client: ClientConnection;
  readonly #head: RequestHead;
  readonly #requestId: string;
  readonly #approach: Approach;
  #upstream: UpstreamConnection | undefined;
  /** Bytes of the body that came before the app could be written to; kept for a retry until more is sent. */
  #early: Buffer | undefined;
  #stage: 'finding' | 'sent' | 'answering' | 'answered' | 'tunnel' | 'over' = 'finding';
  #answer: AnswerHead | undefined;
  #answerLength: BodyLength = 0;
  #closes = false;
  #hasAnswerBytes = false;
  #interims = 0;
  #wasReused = false;
  #isReplayable = true;
  #isRetry = false;

  constructor(path: DataPath, client: ClientConnection, head: RequestHead) {
    this.#path = path;
    this.#client = client;
    this.#head = head;
    this.#requestId = head.requestId ?? path.makeRequestId();
    this.#approach = new Approach(path, head, this);
    client.requestBody.start(head.isChunked ? 'chunked' : Math.max(0, head.contentLength), 'refused');
  }

  start(): void {
    if (this.#stage === 'over') return;
    const { host } = this.#head;
    if (host.label === undefined) return this.#answerBareHost();
    if (!this.#path.servesSuffix(host.suffix)) return this.#answerSelf(unknownApp);
    this.#pauseBody();
    this.#approach.look();
  }

  /** No more of a body is taken in before there is someone to give it to. */
  #pauseBody(): void {
    if (!this.#client.requestBody.isDone) this.#client.socket.pause();
  }

  onReached(connection: UpstreamConnection): void {
    connection.user = this;
    this.#upstream = connection;
    this.#stage = 'sent';
    this.#wasReused = connection.requests++ > 0;
    const { forwarded, requestBody } = this.#client;
    const head = writeRequestHead(this.#head, `${forwarded}x-forwarded-host: ${this.#head.host.authority}\r\nx-request-id: ${this.#requestId}\r\n${this.#approach.addedLines}`);
    const isTaken = writeTogether(connection.socket, head, this.#early);
    if (isTaken && !requestBody.isDone) this.#readMoreBody();
  }

  /** Takes what belongs to this request from `bytes`; gives back the index of the first byte that does not. */
  takeBytes(bytes: Buffer): number {
    const body = this.#client.requestBody;
    if (this.#stage === 'tunnel') {
      if (!this.#upstream?.socket.write(bytes)) this.#client.socket.pause();
      return bytes.length;
    }
    if (body.isDone) return 0;
    let end: number;
    try {
      end = body.take(bytes, 0);
    } catch (error) {
      if (!(error instanceof FramingError)) throw error;
      this.#failRequest(makeBadRequest(400, error.message));
      return bytes.length;
    }
    const part = end === bytes.length ? bytes : bytes.subarray(0, end);
    if (this.#stage === 'finding') this.#early = this.#early ? Buffer.concat([this.#early, part]) : part;
    else this.#sendBody(part);
    return end;
  }

  #sendBody(part: Buffer): void {
    this.#isReplayable = false;
    this.#early = undefined;
    const { socket } = this.#upstream!;
    socket.mayBeAnswered = true;
    const isTaken = socket.write(part);
    if (this.#client.requestBody.isDone) {
      this.#client.deadline = Infinity;
      if (this.#stage === 'answered') this.#finish();
    } else if (isTaken) this.#readMoreBody();
    else {
      this.#client.deadline = Infinity;
      this.#client.socket.pause();
    }
  }

  #readMoreBody(): void {
    this.#client.deadline = this.#head.expectsContinue && this.#interims === 0 ? Infinity : this.#path.now() + this.#path.limits.bodyIdleMs;
    this.#client.socket.resume();
  }

  onUpstreamDrain(): void {
    if (this.#stage === 'tunnel') this.#client.socket.resume();
    else if (!this.#client.requestBody.isDone) this.#readMoreBody();
  }

  onClientDrain(): void {
    if (this.#client.requestBody.isDone) this.#client.deadline = Infinity;
    this.#upstream?.socket.resume();
  }

  onUpstreamBytes(bytes: Buffer): void {
    if (this.#stage === 'tunnel') return this.#sendToClient(bytes);
    try {
      if (this.#stage === 'sent') this.#readAnswerHead(bytes);
      else if (this.#stage === 'answering') this.#relayAnswer(undefined, bytes, 0);
      else this.#failUpstream(badAnswer);
    } catch (error) {
      if (!(error instanceof HeadError || error instanceof FramingError)) throw error;
      this.#path.log.warn({ appId: this.#approach.route?.appId, reason: error.message }, 'an app broke HTTP');
      this.#failUpstream(badAnswer);
    }
  }

  #readAnswerHead(bytes: Buffer): void {
    this.#hasAnswerBytes = true;
    this.#approach.end();
    const { collector } = this.#upstream!;
    for (let rest = bytes; ; rest = collector.chunk.subarray(collector.rest)) {
      const text = collector.add(rest);
      if (text === undefined) return;
      const answer = readAnswerHead(text);
      if (answer.status === 101) return this.#openTunnel(answer, collector.chunk.subarray(collector.rest));
      if (answer.status >= 200) return this.#beginAnswer(answer, collector.chunk, collector.rest);
      if (++this.#interims > interimLimit) throw new HeadError('too many interim answers');
      this.#client.socket.write(writeAnswerHead(answer, false), 'latin1');
      if (!this.#client.requestBody.isDone) this.#readMoreBody();
      if (collector.rest === collector.chunk.length) return;
    }
  }

  #beginAnswer(answer: AnswerHead, bytes: Buffer, from: number): void {
    if (this.#client.hasEnded && isEventStream(answer)) {
      this.abort();
      this.#client.socket.destroy();
      return;
    }
    const length = findBodyLength(answer, this.#head.method);
    this.#answer = answer;
    this.#answerLength = length;
    this.#early = undefined;
    this.#client.answerBody.start(length, 'allowed');
    // A client that was never told to continue may send its body or not: what follows could not be told apart.
    const isBodyUnsure = !this.#client.requestBody.isDone && (!answer.keepsAlive || (this.#head.expectsContinue && this.#isReplayable));
    this.#closes = this.#head.wantsClose || this.#path.isDraining || length === 'until-close' || isBodyUnsure;
    this.#stage = 'answering';
    this.#relayAnswer(writeAnswerHead(answer, this.#closes), bytes, from);
  }

  #relayAnswer(head: string | undefined, bytes: Buffer, from: number): void {
    const body = this.#client.answerBody;
    let end = from;
    let failure: unknown;
    try {
      end = body.take(bytes, from);
    } catch (error) {
      failure = error;
    }
    const part = end === from ? undefined : end - from === bytes.length ? bytes : bytes.subarray(from, end);
    const isTaken = head !== undefined ? writeTogether(this.#client.socket, head, part) : part === undefined || this.#client.socket.write(part);
    if (failure !== undefined) throw failure;
    if (body.isDone) this.#onAnswered(end < bytes.length);
    else if (!isTaken) this.#waitForClient();
  }

  #sendToClient(bytes: Buffer): void {
    if (!this.#client.socket.write(bytes)) this.#waitForClient();
  }

  #waitForClient(): void {
    this.#upstream?.socket.pause();
    this.#client.deadline = this.#path.now() + this.#path.limits.writeIdleMs;
  }

  #onAnswered(hasMore: boolean): void {
    const isKept = this.#answer!.keepsAlive && this.#answerLength !== 'until-close' && !hasMore;
    this.#stage = 'answered';
    if (!isKept) {
      this.#upstream?.destroy();
      this.#upstream = undefined;
      if (!this.#client.requestBody.isDone) this.#closes = true;
    }
    // An app may answer before it has read the body: it is given the rest, unless it or the client does not want to go on.
    if (this.#client.requestBody.isDone || this.#closes) this.#finish();
  }

  #finish(): void {
    this.#stage = 'over';
    if (this.#upstream && this.#client.requestBody.isDone) this.#path.pool.release(this.#upstream);
    else this.#upstream?.destroy();
    this.#upstream = undefined;
    if (this.#closes) this.#client.end();
    else this.#client.next();
  }

  #openTunnel(answer: AnswerHead, first: Buffer): void {
    if (!this.#head.isUpgrade || !answer.isUpgrade) throw new HeadError('the protocol was switched without being asked');
    this.#stage = 'tunnel';
    this.#client.deadline = Infinity;
    this.#client.socket.write(writeAnswerHead(answer, false), 'latin1');
    if (first.length > 0) this.#sendToClient(first);
    const ahead = this.#client.takePending();
    if (ahead) this.takeBytes(ahead);
    if (this.#upstream && !this.#upstream.socket.writableNeedDrain) this.#client.socket.resume();
  }

  onUpstreamGone(code: string | undefined): void {
    this.#upstream = undefined;
    switch (this.#stage) {
      case 'sent':
        if (!this.#hasAnswerBytes && this.#mayRetry(code)) {
          this.#isRetry = true;
          this.#stage = 'finding';
          this.#pauseBody();
          return this.#approach.again();
        }
        return this.#failUpstream(brokeOff);
      case 'answering':
        if (this.#answerLength === 'until-close' && code === undefined) return this.#finish();
        return this.#failUpstream(brokeOff);
      case 'answered':
        this.#closes = true;
        return this.#finish();
      case 'tunnel':
        this.#stage = 'over';
        return code === undefined ? this.#client.end() : this.#client.truncate(true);
    }
  }

  #mayRetry(code: string | undefined): boolean {
    const { wasHeld } = this.#approach;
    if (!this.#isReplayable || !(this.#wasReused || wasHeld)) return false;
    const earlyBytes = this.#early?.length ?? 0;
    // What nobody has read may be sent again for as long as it may wait; what may have ended the app, once.
    return (wasHeld && isUnread(code, earlyBytes)) || (!this.#isRetry && canRetry(this.#head.method, code, earlyBytes));
  }

  /** It waited too long, or must not wait. What was sent may still be carried out: only who may repeat it is told to. */
  onTurnedAway(answer: OwnAnswer): void {
    this.#failUpstream(this.#stage === 'finding' || isIdempotent(this.#head.method) ? answer : brokeOff);
  }

  /** The app cannot finish this. */
  #failUpstream(answer: OwnAnswer): void {
    this.#upstream?.destroy();
    this.#upstream = undefined;
    if (this.#stage === 'sent' || this.#stage === 'finding') return this.#answerSelf(answer);
    this.#stage = 'over';
    this.#client.truncate(this.#answerLength !== 'until-close');
  }

  /** The client cannot finish this. */
  #failRequest(answer: OwnAnswer): void {
    this.#closes = true;
    this.#failUpstream(answer);
  }

  #answerSelf(answer: OwnAnswer): void {
    this.#approach.end();
    this.#stage = 'over';
    if (answer.status >= 500 && this.#approach.route) this.#approach.route.counts.unanswered++;
    const closes = this.#closes || this.#head.wantsClose || this.#path.isDraining || !this.#client.requestBody.isDone;
    this.#client.answer(answer, this.#head, this.#requestId, closes);
  }

  #answerBareHost(): void {
    const { method, target, wantsClose } = this.#head;
    if (target !== healthTarget || !this.#client.isLocal || (method !== 'GET' && method !== 'HEAD') || !this.#client.requestBody.isDone) return this.#answerSelf(notFound);
    this.#stage = 'over';
    const closes = wantsClose || this.#path.isDraining;
    this.#client.socket.write(writeJsonAnswer(this.#path.health(), { requestId: this.#requestId, method, closes }), 'latin1');
    if (closes) this.#client.end();
    else this.#client.next();
  }

  /** The client is gone: the app is told by the end of its connection. */
  abort(): void {
    this.#stage = 'over';
    this.#approach.end();
    this.#upstream?.destroy();
    this.#upstream = undefined;
  }

  /** The client sent its end. True when bytes may still go the other way: who has sent a whole request is owed its answer. */
  onClientEnd(): boolean {
    if (this.#stage === 'tunnel') {
      this.#upstream?.socket.end();
      return this.#upstream !== undefined;
    }
    // Somebody who left looks the same: of a stream without an end nothing is owed, and its app must hear of it.
    return this.#client.requestBody.isDone && !(this.#answer && isEventStream(this.#answer));
  }

  /** A deadline of the client has passed. True when it can still be told. */
  expire(): boolean {
    const canTell = this.#stage === 'sent' && !this.#client.requestBody.isDone;
    this.abort();
    return canTell;
  }
}
