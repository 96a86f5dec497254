import type { ReactiveController, ReactiveElement } from 'lit';
import { type Place, readPageMessage } from './page-message.ts';

const start: Place = { path: '/', x: 0, y: 0, canGoBack: false, canGoForward: false };

/**
 * The frame of a preview. It is led from here alone, by addresses, so that a page that hangs, lies or has no script of ours is reloaded like any other;
 * what the script of a page says is only where it stands. It says so through a port that came from the frame's window and from its origin.
 */
export class FrameController implements ReactiveController {
  readonly #host: ReactiveElement;
  readonly #onMove: (place: Place) => void;
  place: Place = start;
  isLoading = false;
  /** Of the page that is shown: how many, and what the last one says. */
  errors = { count: 0, last: '' };
  #frame: HTMLIFrameElement | undefined;
  #base = '';
  /** Nothing but its own empty page has come into the frame. */
  #isFirst = true;
  #port: MessagePort | undefined;
  /** The page that is shown has spoken. */
  #isHeard = false;
  /** Where the last page went, which the next one will say if it can. */
  #leaving: string | undefined;
  /** What the page that is being loaded is told as soon as it speaks. */
  #restore: Place | undefined;

  constructor(host: ReactiveElement, onMove: (place: Place) => void) {
    this.#host = host;
    this.#onMove = onMove;
    host.addController(this);
  }

  hostConnected(): void {
    window.addEventListener('message', this.#onMessage);
    this.#host.requestUpdate();
  }

  hostDisconnected(): void {
    window.removeEventListener('message', this.#onMessage);
    this.leave();
  }

  /** Shows the app at `base` in a frame that is in the page: where it stood before, else at its path. The same frame and base again are nothing new, and false. */
  enter(frame: HTMLIFrameElement, base: string): boolean {
    if (this.#frame === frame && this.#base === base) return false;
    this.leave();
    [this.#frame, this.#base, this.#isFirst] = [frame, base, true];
    frame.addEventListener('load', this.#onLoad);
    this.reload();
    return true;
  }

  /** The page that is shown speaks, so it is one of the app. */
  get isHeard(): boolean { return this.#port !== undefined; }

  /** Lets go of the frame and remembers the place. */
  leave(): void {
    this.#frame?.removeEventListener('load', this.#onLoad);
    this.#frame = undefined;
    this.isLoading = false;
    this.#hush();
  }

  /** Another app, or the same from the beginning. */
  forget(path = '/'): void {
    this.leave();
    this.place = { ...start, path };
  }

  /** The same page anew, at the same place of it. */
  reload(): void {
    this.#load(this.place);
  }

  /** A step of the page's own history, as a link is. */
  go(path: string): void {
    this.#load({ ...start, path }, true);
  }

  /** Through the page's own history; its window's is that of the whole tab. */
  travel(kind: 'back' | 'forward'): void {
    this.#port?.postMessage({ kind });
  }

  #load(place: Place, isStep = false): void {
    if (!this.#frame) return;
    this.#hush();
    this.isLoading = true;
    [this.place, this.#restore] = [place, place];
    this.#navigate(this.#frame, isStep);
    this.#host.requestUpdate();
  }

  #navigate(frame: HTMLIFrameElement, isStep = false): void {
    // With its fragment the browser would only scroll in the page that is there; `replace` leaves no entry in the history of the tab.
    const { href } = new URL(withoutFragment(this.place.path), this.#base);
    const { location } = frame.contentWindow!;
    if (isStep) location.href = href;
    else location.replace(href);
  }

  readonly #onLoad = (): void => {
    // WebKit forgets where a frame was sent while its first, empty page was still on its way.
    if (this.isLoading && this.#isFirst && isEmpty(this.#frame!)) {
      this.#isFirst = false;
      return this.#navigate(this.#frame!);
    }
    this.isLoading = false;
    if (!this.#isHeard && this.#leaving !== undefined) {
      const path = this.#leaving;
      this.#hush();
      this.#move({ ...start, path });
    }
    this.#isHeard = false;
    this.#host.requestUpdate();
  };

  readonly #onMessage = ({ source, origin, data, ports: [port] }: MessageEvent): void => {
    if (!this.#frame || source !== this.#frame.contentWindow || origin !== new URL(this.#base).origin) return;
    if ((data as { fapi?: unknown } | null)?.fapi !== 'preview' || !port) return;
    const restore = this.#restore;
    this.#hush();
    this.#isHeard = true;
    this.#restore = restore;
    this.#port = port;
    port.onmessage = (event) => this.#take(event.data);
    this.#host.requestUpdate();
  };

  #take(said: unknown): void {
    const message = readPageMessage(said, new URL(this.#base).origin);
    if (message?.kind === 'error') this.errors = { count: this.errors.count + 1, last: message.message };
    else if (message?.kind === 'leaving') this.#leaving = message.path;
    else if (message) {
      const { kind: _, ...place } = message;
      const wanted = this.#restore;
      this.#restore = undefined;
      if (wanted && withoutFragment(wanted.path) === place.path) {
        const { path, x, y } = wanted;
        this.#port?.postMessage({ kind: 'restore', hash: path.slice(place.path.length), x, y });
        // Until it is there: another reload would take it from the top.
        this.#move({ ...place, path, x, y });
      } else this.#move(place);
    }
    this.#host.requestUpdate();
  }

  #move(place: Place): void {
    this.place = place;
    this.#onMove(place);
  }

  /** The page that is shown is none any more. */
  #hush(): void {
    this.#port?.close();
    this.#port = undefined;
    this.#leaving = undefined;
    this.#restore = undefined;
    this.errors = { count: 0, last: '' };
  }
}

/** Nothing was loaded into it yet: every page of an app is of another origin, and cannot be looked at. */
function isEmpty({ contentDocument }: HTMLIFrameElement): boolean {
  return contentDocument?.URL === 'about:blank';
}

const withoutFragment = (path: string): string => path.split('#', 1)[0]!;
