import { createClient } from '@fapi/sdk';
import type { FapiClient, FetchToken } from '@fapi/sdk';
import { ContextProvider } from '@lit/context';
import { LitElement, html } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { clientContext, localeContext, setWorkspaceOptions } from '../../contexts.ts';
import { emit } from '../../events.ts';
import { closeAfterAll } from '../../leaving.ts';
import { version } from '../../version.ts';
import { providerStyles } from './provider.styles.ts';

const clientName = `elements/${version}`;

/**
 * @summary Gives all elements inside one client: one token, one stream, one locale. Draws nothing itself.
 * @tag fapi-provider
 * @attr base-url - Address of the fapi server, with the path that it is behind where it has one; the page's own origin when absent.
 * @attr token-url - Endpoint of the portal that answers `{token, expiresInSeconds}` to a POST.
 * @attr locale - BCP 47 name for words, numbers and dates.
 * @attr journal - `off` keeps nothing of what is typed in the browser; by itself what is not saved outlives a reload.
 * @slot - The elements, anywhere inside.
 * @fires {CustomEvent<{state: AuthState}>} fapi-auth-change - The token was got, is being renewed or was given up.
 * @fires {CustomEvent<{error: unknown}>} fapi-auth-error - No token could be had. The console is told why, once, unless it is cancelled.
 */
export class FapiProvider extends LitElement {
  static override styles = providerStyles;
  static override properties = {
    baseUrl: { type: String, attribute: 'base-url' },
    tokenUrl: { type: String, attribute: 'token-url' },
    locale: { type: String },
    journal: { type: String },
    fetchToken: { attribute: false },
    client: { attribute: false },
  };

  declare baseUrl: string | undefined;
  declare tokenUrl: string | undefined;
  declare locale: string | undefined;
  declare journal: 'browser' | 'off';
  /** Asks the portal's backend for a token; wins over `token-url`. Another function is asked from the next token on: the client stays, and with it whose page it is. */
  declare fetchToken: FetchToken | undefined;
  /** A client that the page made and closes itself; wins over everything else. */
  declare client: FapiClient | undefined;

  readonly #clients = new ContextProvider(this, { context: clientContext, initialValue: undefined });
  readonly #locales = new ContextProvider(this, { context: localeContext, initialValue: '' });
  #own: FapiClient | undefined;
  #unsubscribe: (() => void) | undefined;
  #said = '';

  constructor() {
    super();
    this.journal = 'browser';
  }

  /** The client in use: the given one, or the one made from the attributes. */
  get activeClient(): FapiClient | undefined { return this.#clients.value; }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.hasUpdated) this.#provide();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    // After a microtask: moving the provider within the page must not sign the builder out.
    queueMicrotask(() => { if (!this.isConnected) this.#drop(); });
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('locale')) this.#locales.setValue(this.locale ?? '');
    // A function that is written where it is given is another one each time that its page is drawn.
    const isAskedOtherwise = changed.has('fetchToken') && !changed.get('fetchToken') !== !this.fetchToken;
    if (['baseUrl', 'tokenUrl', 'client'].some((name) => changed.has(name as never)) || isAskedOtherwise || !this.hasUpdated) {
      this.#drop();
      this.#provide();
    }
  }

  protected override render(): TemplateResult {
    return html`<slot></slot>`;
  }

  #provide(): void {
    if (this.#clients.value) return;
    this.#own = this.client ? undefined : this.#makeClient();
    const client = this.client ?? this.#own;
    if (client) setWorkspaceOptions(client, { journal: this.journal !== 'off' });
    this.#unsubscribe = client?.auth.subscribe((state, error) => {
      emit(this, 'fapi-auth-change', { state });
      if (error !== undefined && emit(this, 'fapi-auth-error', { error }, { cancelable: true })) this.#warn(error as Error);
    });
    this.#clients.setValue(client);
  }

  #makeClient(): FapiClient | undefined {
    const { origin, pathname } = new URL(this.baseUrl || '/', document.baseURI);
    // A server may be behind a path of the portal; nothing else of an address means anything here.
    const baseUrl = origin + pathname.replace(/\/+$/, '');
    if (this.fetchToken) return createClient({ baseUrl, clientName, fetchToken: (request) => this.fetchToken!(request) });
    if (this.tokenUrl) return createClient({ baseUrl, clientName, tokenUrl: new URL(this.tokenUrl, document.baseURI) });
    return undefined;
  }

  /** For whoever builds the page: a visitor is told only that there is no access. */
  #warn({ message }: Error): void {
    const words = `fapi-provider: ${this.fetchToken ? 'fetchToken' : this.tokenUrl}: ${message}`;
    if (words !== this.#said) console.warn(words);
    this.#said = words;
  }

  #drop(): void {
    if (!this.#clients.value) return;
    this.#unsubscribe?.();
    this.#unsubscribe = undefined;
    this.#clients.setValue(undefined);
    const own = this.#own;
    this.#own = undefined;
    // A client that the page has given is the page's to close.
    if (own) closeAfterAll(own);
  }
}

declare global {
  interface HTMLElementTagNameMap { 'fapi-provider': FapiProvider }
}
