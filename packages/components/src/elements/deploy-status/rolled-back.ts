import type { FapiClient } from '@fapi/sdk';
import type { Deployment } from '@fapi/sdk/contract';
import type { ReactiveElement } from 'lit';
import { LoadedController } from '../../controllers/loaded.ts';

type Host = ReactiveElement & { readonly appId: string | undefined };
/** It is mostly the one before; what was asked for meanwhile stands between them. */
const looked = 10;

/** What failed while it was live, and whose place the deployment before it has taken again by itself. */
export class RolledBackController {
  readonly #host: Host;
  readonly #deployments: LoadedController<readonly Deployment[]>;

  constructor(host: Host, app: { readonly client: FapiClient | undefined }) {
    this.#host = host;
    this.#deployments = new LoadedController(host, async (signal) => (await app.client!.deployments.list(host.appId!, { limit: looked }, { signal })).items);
  }

  /** Undefined where nothing was rolled back for it, and until it is read. */
  of({ trigger, id, generation }: Deployment): Deployment | undefined {
    if (trigger !== 'rollback') return undefined;
    this.#deployments.see(`${this.#host.appId} ${id}`, '');
    // What went live after it has nothing to do with it.
    const before = this.#deployments.value?.find((one) => one.generation < generation && one.liveAt !== undefined);
    return before?.reason === 'rolled_back' ? before : undefined;
  }
}
