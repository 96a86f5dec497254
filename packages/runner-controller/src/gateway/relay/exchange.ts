import { badAnswer, brokeOff, makeBadRequest, notFound, type OwnAnswer, unknownApp, writeJsonAnswer } from '../answers/own-answer.ts';
import { type AnswerHead, type BodyLength, findBodyLength, isEventStream, readAnswerHead, writeAnswerHead } from '../http/answer-head.ts';
import { FramingError } from '../http/body-framer.ts';
import { HeadError } from '../http/http-head.ts';
import { type RequestHead, writeRequestHead } from '../http/request-head.ts';
import { Approach, type Caller } from './approach.ts';
import type { ClientConnection, Passage } from './client-connection.ts';
import type { DataPath } from './data-path.ts';
import { isIdempotent, isUnread } from './retry.ts';
import type { UpstreamConnection, UpstreamUser } from './upstream-connection.ts';
import { Tunnel } from './tunnel.ts';
import { Upload } from './upload.ts';
import { writeTogether } from './write-together.ts';

const healthTarget = '/.fapi/gateway/health';
const interimLimit = 16;
/** An app that ends with its agent may be seen to end first, by so much. */
const agentEndMs = 50;
/** One request and its answer: passes bytes both ways no faster than the slower side takes them. */
export class Exchange implements UpstreamUser, Caller, Passage {
  readonly #path: DataPath;
  readonly #client: ClientConnection;
  readonly #head: RequestHead;
  readonly #requestId: string;
  readonly #approach: Approach;
  readonly #upload: Upload;
  #upstream: UpstreamConnection | undefined;
  #stage: 'finding' | 'sent' | 'answering' | 'answered' | 'over' = 'finding';
  #answer: AnswerHead | undefined;
  #answerLength: BodyLength = 0;
  #closes = false;
  #hasAnswerBytes = false;
  #interims = 0;
  #wasReused = false;
  /** It is sent again though it had been read. */
  #isRepeat = false;

  constructor(path: DataPath, client: ClientConnection, head: RequestHead) {
    this.#path = path;
    this.#client = client;
    this.#head = head;
    this.#requestId = head.requestId ?? path.makeRequestId();
    this.#approach = new Approach(path, head, this);
    this.#upload = new Upload(path, client, head);
  }

  start(): void {
    if (this.#stage === 'over') return;
    const { host } = this.#head;
    if (host.label === undefined) return this.#answerBareHost();
    if (!this.#path.servesSuffix(host.suffix)) return this.#answerSelf(unknownApp);
    this.#upload.hold();
    this.#approach.look();
  }

  onReached(connection: UpstreamConnection): void {
    connection.user = this;
    this.#upstream = connection;
    this.#stage = 'sent';
    this.#wasReused = connection.requests++ > 0;
    this.#upload.begin(connection.socket, writeRequestHead(this.#head, `${this.#client.forwardedOf(this.#head)}x-forwarded-host: ${this.#head.host.authority}\r\nx-request-id: ${this.#requestId}\r\n${this.#approach.addedLines}${this.#head.host.isPreview ? this.#path.previewLine : ''}`));
  }

  takeBytes(bytes: Buffer): number {
    const body = this.#client.requestBody;
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
    if (this.#stage === 'finding') this.#upload.keep(part);
    else {
      this.#upload.send(this.#upstream!.socket, part);
      if (body.isDone && this.#stage === 'answered') this.#finish();
    }
    return end;
  }

  onUpstreamDrain(): void {
    if (!this.#upload.isDone) this.#upload.readMore();
  }

  onClientDrain(): void {
    if (this.#upload.isDone) this.#client.deadline = Infinity;
    this.#upstream?.socket.resume();
  }

  onUpstreamBytes(bytes: Buffer): void {
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
      this.#upload.onInterim();
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
    this.#upload.early = undefined;
    this.#client.answerBody.start(length, 'allowed');
    // A client that was never told to continue may send its body or not: what follows could not be told apart.
    const isBodyUnsure = !this.#upload.isDone && (!answer.keepsAlive || (this.#head.expectsContinue && this.#upload.isReplayable));
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
    else if (!isTaken) {
      this.#upstream?.socket.pause();
      this.#client.deadline = this.#path.now() + this.#path.limits.writeIdleMs;
    }
  }

  #onAnswered(hasMore: boolean): void {
    const isKept = this.#answer!.keepsAlive && this.#answerLength !== 'until-close' && !hasMore;
    this.#stage = 'answered';
    if (!isKept) {
      this.#upstream?.destroy();
      this.#upstream = undefined;
      if (!this.#upload.isDone) this.#closes = true;
    }
    // An app may answer before it has read the body: it is given the rest, unless it or the client does not want to go on.
    if (this.#upload.isDone || this.#closes) this.#finish();
  }

  #finish(): void {
    this.#stage = 'over';
    if (this.#upstream && this.#upload.isDone) this.#path.pool.release(this.#upstream);
    else this.#upstream?.destroy();
    this.#upstream = undefined;
    if (this.#closes) this.#client.end();
    else this.#client.next();
  }

  #openTunnel(answer: AnswerHead, first: Buffer): void {
    if (!this.#head.isUpgrade || !answer.isUpgrade) throw new HeadError('the protocol was switched without being asked');
    this.#client.socket.write(writeAnswerHead(answer, false), 'latin1');
    const tunnel = new Tunnel(this.#path, this.#client, this.#upstream!);
    this.#stage = 'over';
    this.#upstream = undefined;
    this.#client.continueAs(tunnel);
    tunnel.start(first);
  }

  onUpstreamGone(code: string | undefined): void {
    const isLocal = this.#upstream?.isLocal ?? false;
    const wasRead = !isUnread(code, this.#upload.early?.length ?? 0, isLocal);
    this.#upstream = undefined;
    switch (this.#stage) {
      case 'sent':
        if (!this.#hasAnswerBytes && this.#maySendAgain(wasRead)) {
          if (this.#wasReused || this.#approach.wasHeld) return this.#sendAgain(wasRead);
          if (isLocal) return this.#blameAgent(wasRead);
        }
        return this.#failUpstream(brokeOff);
      case 'answering':
        if (this.#answerLength === 'until-close' && code === undefined) return this.#finish();
        return this.#failUpstream(brokeOff);
      case 'answered':
        this.#closes = true;
        return this.#finish();
    }
  }

  /** An app that ended with its agent was hardly ended by this request. */
  #blameAgent(wasRead: boolean): void {
    this.#stage = 'finding';
    this.#upload.hold();
    const decide = (): void => {
      if (this.#stage !== 'finding') return;
      if (!this.#approach.hasLostAgent) return this.#failUpstream(brokeOff);
      this.#isRepeat ||= wasRead;
      this.#approach.againLater();
    };
    if (this.#approach.hasLostAgent) decide();
    else setTimeout(decide, agentEndMs);
  }

  #sendAgain(wasRead: boolean): void {
    this.#isRepeat ||= wasRead;
    this.#stage = 'finding';
    this.#upload.hold();
    this.#approach.again();
  }

  /** What nobody has read may be sent again for as long as it may wait; what may have ended the app, or the agent with all of its apps, once. */
  #maySendAgain(wasRead: boolean): boolean {
    return this.#upload.isReplayable && (!wasRead || (isIdempotent(this.#head.method) && !this.#isRepeat));
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
    const closes = this.#closes || this.#head.wantsClose || this.#path.isDraining || !this.#upload.isDone;
    this.#client.answer(answer, this.#head, this.#requestId, closes);
  }

  #answerBareHost(): void {
    const { method, target, wantsClose } = this.#head;
    if (target !== healthTarget || !this.#client.isLocal || (method !== 'GET' && method !== 'HEAD') || !this.#upload.isDone) return this.#answerSelf(notFound);
    this.#stage = 'over';
    const closes = wantsClose || this.#path.isDraining;
    this.#client.socket.write(writeJsonAnswer(this.#path.health(), { requestId: this.#requestId, method, closes }), 'latin1');
    if (closes) this.#client.end();
    else this.#client.next();
  }

  abort(): void {
    this.#stage = 'over';
    this.#approach.end();
    this.#upstream?.destroy();
    this.#upstream = undefined;
  }

  /** Who has sent a whole request is owed its answer. */
  onClientEnd(): boolean {
    // Somebody who left looks the same: of a stream without an end nothing is owed, and its app must hear of it.
    return this.#upload.isDone && !(this.#answer && isEventStream(this.#answer));
  }

  expire(): boolean {
    const canTell = this.#stage === 'sent' && !this.#upload.isDone;
    this.abort();
    return canTell;
  }
}
