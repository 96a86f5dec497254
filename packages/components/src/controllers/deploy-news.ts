import type { Deployment, DeploymentStage } from '@fapi/sdk/contract';
import type { AppSnapshot, AppStore } from '@fapi/sdk/workspace';
import type { ReactiveController, ReactiveElement } from 'lit';
import { isWorking } from '../app-status.ts';
import { emit } from '../events.ts';

/** What the page was told of the newest deploy of an app, by whichever element. */
interface Told {
  id: string | undefined;
  stages: Set<DeploymentStage['name']>;
  /** The deploy whose end was told last. */
  over: string | undefined;
  /** The deploy that an editor follows, and tells the end of itself. */
  followed: string | undefined;
  /** How many ask for a deploy now, and have not told that it was taken. */
  asking: number;
  readonly tellers: Set<() => void>;
}

const ofStores = new WeakMap<AppStore, Told>();

function toldOf(store: AppStore): Told {
  const known = ofStores.get(store) ?? { id: undefined, stages: new Set(), over: undefined, followed: undefined, asking: 0, tellers: new Set() };
  ofStores.set(store, known);
  return known;
}

/** While this is done nothing is told of the app's deploys: that one was taken comes first. */
export async function tellAfter<T>(store: AppStore, work: () => Promise<T>): Promise<T> {
  const told = toldOf(store);
  told.asking++;
  try {
    return await work();
  } finally {
    told.asking--;
    for (const tell of told.tellers) tell();
  }
}

/** Asks for a deploy of the app, and tells the page that it was taken before anything else of it. */
export function tellStart<T extends Deployment | undefined>(host: HTMLElement, store: AppStore, ask: () => Promise<T>): Promise<T> {
  return tellAfter(store, async () => {
    const deployment = await ask();
    if (deployment) emit(host, 'fapi-deploy-start', { appId: deployment.appId, deployment });
    return deployment;
  });
}

/** An editor tells the end of this deploy, where its listeners are; of none when undefined. */
export function followAlone(store: AppStore, id: string | undefined): void {
  const told = toldOf(store);
  told.followed = id;
  // What has ended meanwhile is theirs to tell.
  if (id === undefined) for (const tell of told.tellers) tell();
}

/** Tells the page that a deploy is over, unless that was told. */
export function tellEnd(host: HTMLElement, store: AppStore, deployment: Deployment): void {
  const told = toldOf(store);
  if (told.over === deployment.id) return;
  told.over = deployment.id;
  emit(host, 'fapi-deploy-end', { appId: deployment.appId, deployment });
}

type Host = ReactiveElement & { readonly appId: string | undefined };

/** Tells the page the stages and the end of each deploy of an app, whoever asked for it: once, however many elements show it. What had ended before is no news. */
export class DeployNewsController implements ReactiveController {
  readonly #host: Host;
  #store: AppStore | undefined;
  /** The newest deploy, where it had ended when the app was read; null until then. */
  #past: string | undefined | null = null;
  readonly #tell = (): void => { if (this.#store) this.#say(this.#store); };

  constructor(host: Host) {
    this.#host = host;
    host.addController(this);
  }

  hostDisconnected(): void { this.#listenTo(undefined); }

  /** Something of the app is another. */
  see(store: AppStore, { load, deployment }: Pick<AppSnapshot, 'load' | 'deployment'>): void {
    if (store !== this.#store) this.#listenTo(store);
    if (load !== 'ready') return;
    if (this.#past === null) this.#past = isWorking(deployment) ? undefined : deployment?.id;
    this.#tell();
  }

  #listenTo(store: AppStore | undefined): void {
    if (this.#store) toldOf(this.#store).tellers.delete(this.#tell);
    [this.#store, this.#past] = [store, null];
    if (store) toldOf(store).tellers.add(this.#tell);
  }

  #say(store: AppStore): void {
    const { deployment } = store.snapshot;
    const told = toldOf(store);
    if (this.#past === null || !deployment || deployment.id === this.#past || told.asking > 0) return;
    if (told.id !== deployment.id) Object.assign(told, { id: deployment.id, stages: new Set() });
    const { appId } = deployment;
    for (const { name } of deployment.stages) {
      if (told.stages.has(name)) continue;
      told.stages.add(name);
      emit(this.#host, 'fapi-deploy-stage', { appId, deployment, stage: name });
    }
    if (!isWorking(deployment) && told.followed !== deployment.id) tellEnd(this.#host, store, deployment);
  }
}
