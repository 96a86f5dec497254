import type { Deployment } from '@fapi/sdk/contract';
import type { AppSnapshot } from '@fapi/sdk/workspace';
import type { ReactiveController, ReactiveElement } from 'lit';
import { isWorking } from '../app-status.ts';

/** How long "Live in ..." stands where the button is: long enough to be read, and then there is a button again. */
const freshMs = 5_000;

/** Watches the deployment that its host started until it ends, so that only a deploy of one's own moves the cursor. */
export class DeployWatchController implements ReactiveController {
  readonly #host: ReactiveElement;
  readonly #onFailed: (deployment: Deployment) => void;
  #watched: string | undefined;
  #live: string | undefined;
  #fading: ReturnType<typeof setTimeout> | undefined;

  constructor(host: ReactiveElement, onFailed: (deployment: Deployment) => void) {
    this.#host = host;
    this.#onFailed = onFailed;
    host.addController(this);
  }

  hostDisconnected(): void {
    this.#watched = undefined;
    this.#fade();
  }

  /** Starts watching; `known` is the newest word of it, which may have ended before the answer came. */
  follow(deployment: Deployment, known: Deployment | undefined): Deployment | undefined {
    this.#watched = deployment.id;
    this.#live = undefined;
    this.#host.requestUpdate();
    return this.take(known?.id === deployment.id ? known : deployment);
  }

  /** The watched deployment, once, when it has ended. */
  take(deployment: Deployment | undefined): Deployment | undefined {
    if (!deployment || deployment.id !== this.#watched || isWorking(deployment)) return undefined;
    this.#watched = undefined;
    if (deployment.status === 'live') {
      this.#live = deployment.id;
      clearTimeout(this.#fading);
      this.#fading = setTimeout(() => this.#fade(), freshMs);
    }
    if (deployment.status === 'failed') this.#onFailed(deployment);
    return deployment;
  }

  #fade(): void {
    clearTimeout(this.#fading);
    this.#live = undefined;
    this.#host.requestUpdate();
  }

  /** Did the host bring live, a moment ago, what the draft still is? */
  isFreshlyLive(snapshot: AppSnapshot): boolean {
    const { deployment, dirtyPaths } = snapshot;
    return deployment?.status === 'live' && deployment.id === this.#live && dirtyPaths.size === 0 && deployment.draftVersion === snapshot.draftVersion;
  }
}
