import type { FapiClient } from '@fapi/sdk';
import type { App, Deployment, Environment, Variable } from '@fapi/sdk/contract';
import type { ReactiveController, ReactiveElement } from 'lit';
import type { FapiEvent } from '../events.ts';
import { LoadedController } from './loaded.ts';
import { hearOnward } from './onward.ts';

type Failed = Pick<Deployment, 'failure' | 'findings' | 'keepsEnvironment'>;
type Host = ReactiveElement & { readonly appId: string | undefined; readonly readonly: boolean };

const none: ReadonlySet<string> = new Set();
const missingOf = ({ failure, findings = [] }: Failed): string[] => [failure?.variable, ...findings.map(({ variable }) => variable)].filter((name) => name !== undefined);

/** A deploy has it: a value for drafts alone brings nothing live. */
export const isForDeploys = (variables: readonly Variable[] | undefined, name: string): boolean => variables?.some((one) => one.name === name && one.scope !== 'draft') ?? false;

/** Nothing but variables was wrong with it, they are there now, and it would have them when it is asked for again. */
export function isMended(deployment: Failed, present: ReadonlySet<string>): boolean {
  const missing = missingOf(deployment);
  return !deployment.keepsEnvironment && missing.length > 0 && missing.every((name) => present.has(name)) && (deployment.findings ?? []).every(({ severity, variable }) => severity !== 'error' || variable !== undefined);
}

/** Which of the variables that a deploy missed are there now; nobody is told that somebody may not read them. */
export class MissingVariablesController implements ReactiveController {
  readonly #host: Host;
  readonly #environment: LoadedController<Environment | undefined>;
  #hearNoMore: (() => void) | undefined;
  /** On this page. */
  #saves = 0;

  constructor(host: Host, app: { readonly client: FapiClient | undefined }) {
    this.#host = host;
    this.#environment = new LoadedController(host, (signal) => app.client!.environment.read(host.appId!, { signal }).catch(() => undefined));
    host.addController(this);
  }

  hostConnected(): void {
    this.#host.ownerDocument.addEventListener('fapi-environment-save', this.#onSave);
    this.#hearNoMore = hearOnward(() => this.#host.requestUpdate());
  }

  hostDisconnected(): void {
    this.#host.ownerDocument.removeEventListener('fapi-environment-save', this.#onSave);
    this.#hearNoMore?.();
  }

  /** Reads them where one was missing, and where somebody may add it. */
  present(deployment: Failed, app: App | undefined): ReadonlySet<string> {
    const missing = this.#host.readonly ? [] : missingOf(deployment);
    if (missing.length === 0) return none;
    this.#environment.see(this.#host.appId, [app?.changes.environment, app?.live?.envVersion, this.#saves].join());
    return new Set(missing.filter((name) => isForDeploys(this.#environment.value?.variables, name)));
  }

  readonly #onSave = ({ detail: { appId } }: FapiEvent<'fapi-environment-save'>): void => {
    if (appId !== this.#host.appId) return;
    this.#saves += 1;
    this.#host.requestUpdate();
  };
}
