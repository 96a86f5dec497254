import type { FapiClient } from '@fapi/sdk';
import type { Deployment, Revision } from '@fapi/sdk/contract';
import { html, nothing } from 'lit';
import type { ReactiveElement, TemplateResult } from 'lit';
import { LoadedController } from '../../controllers/loaded.ts';
import { formatNumber } from '../../format.ts';
import type { Strings } from '../../strings.ts';

interface Reader { readonly client: FapiClient | undefined; readonly strings: Strings; readonly locale: string }
type Host = ReactiveElement & { readonly appId: string | undefined };

/** What a revert went back to: its stages are those of any other deployment. */
export class OriginController {
  readonly #host: Host;
  readonly #app: Reader;
  readonly #revision: LoadedController<Revision | undefined>;
  #digest = '';

  constructor(host: Host, app: Reader) {
    [this.#host, this.#app] = [host, app];
    this.#revision = new LoadedController(host, (signal) => app.client!.revisions.read(host.appId!, this.#digest, { signal }).catch(() => undefined));
  }

  draw({ trigger, revision, createdBy }: Deployment): TemplateResult | typeof nothing {
    if (trigger !== 'revert') return nothing;
    const { strings, locale } = this.#app;
    this.#digest = revision;
    this.#revision.see(`${this.#host.appId} ${revision}`, '');
    const { value } = this.#revision;
    return html`<p class="origin secondary">${strings.revertedBy(value ? strings.revision(formatNumber(value.number, locale)) : strings.revertedTo, createdBy)}</p>`;
  }
}
