import { badAnswer, notDeployed, notReady, notRunning, type OwnAnswer, tooManyWaiting, unknownApp } from '../answers/own-answer.ts';
import { askGate } from '../gate.ts';
import type { RequestHead } from '../http/request-head.ts';
import { choosePlace, type Place } from '../routes/place.ts';
import type { AppCounts, Route } from '../routes/route-table.ts';
import type { DataPath } from './data-path.ts';
import type { Held } from './holds.ts';
import type { UpstreamConnection, UpstreamUser } from './upstream-connection.ts';
import { Wait } from './wait.ts';

/** Who wants to reach an app; told one of the two, and `onTurnedAway` also after `onReached`, while no byte of an answer has come. */
export interface Caller {
  onReached(connection: UpstreamConnection): void;
  onTurnedAway(answer: OwnAnswer): void;
}

/** Connecting failed because nobody listens now, the queue of the listener is full, or the machine is away: all of them pass. */
const passingCodes = new Set(['ECONNREFUSED', 'ENOENT', 'EAGAIN', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH']);
const connectAgainMs = 100;
const beforeFirstTable: AppCounts = { unanswered: 0, held: 0 };

/** The way of one request to its app: past the gate, through every wait, awake or not, until the first byte of an answer. */
export class Approach implements UpstreamUser, Held {
  route: Route | undefined;
  /** Whole field lines that the gate adds. */
  addedLines = '';
  readonly #path: DataPath;
  readonly #head: RequestHead;
  readonly #caller: Caller;
  readonly #wait: Wait;
  /** Opened, and nothing sent on it yet. */
  #opening: UpstreamConnection | undefined;
  #sentTo: Route | undefined;
  #lastPlace: Place | undefined;
  /** Addresses that did not take it in this round. */
  readonly #tried = new Set<Place>();
  #needsFresh = false;

  constructor(path: DataPath, head: RequestHead, caller: Caller) {
    this.#path = path;
    this.#head = head;
    this.#caller = caller;
    this.#wait = new Wait(path, this);
  }

  get wasHeld(): boolean {
    return this.#wait.hasBegun;
  }

  /** Finds the app as the table says now. */
  look(): void {
    const route = this.#path.table.find(this.#head.host.label!);
    this.route = route;
    if (!route) {
      if (this.#path.table.version() !== undefined) this.#turnAway(unknownApp);
      else this.#hold(beforeFirstTable);
      return;
    }
    const verdict = askGate(this.#path.gate, this.#head, route, this.#path.log);
    if (!verdict.isAdmitted) return this.#turnAway(verdict.answer);
    this.addedLines = verdict.lines;
    switch (route.phase) {
      case 'running': return this.#go(route);
      // It answers as soon as it is knocked at: with the request, the answer comes without a further turn.
      case 'frozen': return this.#hold(route.counts) ? this.#go(route) : undefined;
      // It may fail to start. Bytes in its backlog would be carried out by whoever starts later, long after the client was refused.
      case 'gone': return this.#hold(route.counts) ? this.#open(route) : undefined;
      case 'stopped': return this.#turnAway(notRunning);
      case 'idle': return this.#turnAway(notDeployed);
      default: this.#hold(route.counts);
    }
  }

  /** A change of the routes, or the end of a time: goes on as the table says now. */
  tryAgain(): void {
    if (!this.#sentTo) return this.look();
    const route = this.#path.table.find(this.#head.host.label!);
    if (route?.phase === 'running') this.#wait.end();
    else this.#hold(this.#sentTo.counts);
  }

  /** The connection broke before a byte of an answer, and the request may be sent again. */
  again(): void {
    this.#leave();
    this.#needsFresh = true;
    if (this.#lastPlace && this.route!.places.length > 1) this.#tried.add(this.#lastPlace);
    // Whoever woke and died is not back in this very moment.
    if (this.wasHeld) this.#hold(this.route!.counts, connectAgainMs);
    else this.look();
  }

  /** Is the agent that the app was reached by away, or another one there by now? */
  get hasLostAgent(): boolean {
    const { route } = this;
    return this.#path.isSourceAway() || (route !== undefined && this.#path.table.find(this.#head.host.label!)?.origin !== route.origin);
  }

  /** The same, and the app has ended with its agent: the next agent's table says where it is. */
  againLater(): void {
    this.#leave();
    this.#needsFresh = true;
    this.#hold(this.route!.counts, connectAgainMs);
  }

  /** The app answers, or nobody waits for it any more. */
  end(): void {
    this.#leave();
    this.#wait.end();
    this.#opening?.destroy();
    this.#opening = undefined;
  }

  onConnected(connection: UpstreamConnection): void {
    const { route } = connection;
    if (connection.isCurrent) {
      if (route.phase === 'running' || route.phase === 'frozen') this.#send(connection);
      return;
    }
    // The app was switched while we connected: whoever accepts this may be the former child.
    connection.destroy();
    this.#opening = undefined;
    this.look();
  }

  onUpstreamGone(code: string | undefined): void {
    const failed = this.#opening?.place;
    this.#opening = undefined;
    if (code === undefined || passingCodes.has(code)) {
      if (failed) {
        this.#tried.add(failed);
        failed.avoidedUntil = this.#path.now() + this.#path.limits.avoidMs;
      }
      const { route } = this;
      if (route?.isCurrent && choosePlace(route.places, this.#tried, this.#path.now())) return this.#open(route);
      this.#tried.clear();
      return void this.#hold(route!.counts, connectAgainMs);
    }
    this.#path.log.warn({ appId: this.route?.appId, code }, 'the socket of an app cannot be opened');
    this.#turnAway(notRunning);
  }

  onUpstreamBytes(): void {
    this.#turnAway(badAnswer);
  }

  onUpstreamDrain(): void {
    // Nothing was sent yet.
  }

  #go(route: Route): void {
    if (!this.#opening && !this.#needsFresh && route.phase === 'running') {
      const place = this.#choose(route);
      const pooled = place && this.#path.pool.take(place, this);
      if (pooled) return this.#send(pooled);
      this.#open(route, place);
    } else this.#open(route);
    if (this.#opening?.isConnected) this.#send(this.#opening);
  }

  #open(route: Route, place?: Place): void {
    if (this.#opening?.route === route && this.#opening.place.isCurrent) return;
    this.#opening?.destroy();
    this.#opening = undefined;
    const chosen = place ?? this.#choose(route);
    if (chosen) this.#opening = this.#path.pool.open(route, chosen, this);
    else this.#hold(route.counts, connectAgainMs);
  }

  /** All of them have failed it: a new round. */
  #choose(route: Route): Place | undefined {
    const place = choosePlace(route.places, this.#tried, this.#path.now());
    if (place) return place;
    this.#tried.clear();
    return choosePlace(route.places, this.#tried, this.#path.now());
  }

  #send(connection: UpstreamConnection): void {
    this.#opening = undefined;
    this.#lastPlace = connection.place;
    this.#sentTo = connection.route;
    this.#sentTo.unanswered.add(this);
    // An app is never given a time limit: as soon as it runs, the wait is its own.
    if (connection.route.phase === 'running') this.#wait.end();
    this.#caller.onReached(connection);
  }

  #leave(): void {
    this.#sentTo?.unanswered.delete(this);
    this.#sentTo = undefined;
  }

  #hold(counts: AppCounts, againMs = Infinity): boolean {
    const outcome = this.#wait.start(counts, againMs);
    if (outcome === 'waiting') return true;
    this.#turnAway(outcome === 'full' ? tooManyWaiting : this.route ? notRunning : notReady);
    return false;
  }

  #turnAway(answer: OwnAnswer): void {
    this.end();
    this.#caller.onTurnedAway(answer);
  }
}
