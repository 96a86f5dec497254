import { isApiError, type FapiClient } from '@fapi/sdk';
import { tryLimits, tryMethods } from '@fapi/sdk/contract';
import type { AppSnapshot } from '@fapi/sdk/workspace';
import { LitElement, html } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { addEnglish } from '../../catalogues.ts';
import { AppStoreController } from '../../controllers/app-store.ts';
import { LoadedController } from '../../controllers/loaded.ts';
import { emit, tellError } from '../../events.ts';
import { formatMegabytes } from '../../format.ts';
import { copyButton } from '../../parts/copy-button.ts';
import { errorNotice, notice, skeleton } from '../../parts/notice.ts';
import { whenReady } from '../../parts/when-ready.ts';
import { tryEnglish } from '../../strings/try.ts';
import { base } from '../../styles/base.ts';
import { controls } from '../../styles/controls.ts';
import { noticeStyles } from '../../styles/notice.ts';
import { statusStyles } from '../../styles/status.ts';
import { answerView, drawImage, type Outcome } from './answer-view.ts';
import { toCurl } from './curl.ts';
import { type Draft, draftOf, freeDraft, readAgain } from './draft.ts';
import { operationList } from './operation-list.ts';
import { type Api, readApi } from './operations.ts';
import { requestForm } from './request-form.ts';
import { type Credentials, makeRequest, type Problem, toWire } from './request.ts';
import { mostSent, type Sent, sentList } from './sent-list.ts';
import { tryStyles } from './try.styles.ts';

addEnglish(tryEnglish);

/** `undefined`: the app shows no document. */
interface Document { readonly api: Api | undefined }
const nothingYet: Outcome = { state: 'none' };

/**
 * @summary Sends requests to the live app: its operations from its OpenAPI document, a form with examples for each, the answer, what was sent before.
 * @tag fapi-try
 * @attr app-id - The app.
 * @attr path - The operation that is chosen at first, by its path as the document has it; a free request where it has none.
 * @attr method - With `path`: its method; that of the first operation with this path when absent.
 * @attr openapi-path - Where the app has its OpenAPI document; `/openapi.json` when absent.
 * @fires {CustomEvent<{appId, method, status, durationMs, bytes}>} fapi-try-response - The app has answered.
 * @fires {CustomEvent<{appId, during}>} fapi-open-logs - What the app says of an answer of 500 or more was asked for; fapi-logs of the same app shows its errors, with the one of that request in sight, and a page that has it under a tab opens that.
 * @fires {CustomEvent<{source: string, appId: string | undefined}>} fapi-ready - The app is drawn for the first time.
 * @fires {CustomEvent<{source: string, error: unknown}>} fapi-error - Something could not be read or done; once, when that begins.
 * @csspart operations - The list of operations.
 * @csspart operation - An operation.
 * @csspart request - The form.
 * @csspart response - The answer.
 * @csspart headers - The headers of the answer.
 * @csspart body - The body of the answer.
 * @csspart timing - How long it took.
 * @csspart history - What was sent before.
 * @csspart status - The status of an answer, in a word and a shape.
 * @csspart root - The box around everything.
 * @csspart error - Why it cannot be shown, or what went wrong.
 * @csspart empty - What is said when there is nothing to show.
 * @csspart loading - The place of what is on its way.
 */
export class FapiTry extends LitElement {
  static override styles = [...base, controls, noticeStyles, statusStyles, tryStyles];
  static override properties = {
    appId: { type: String, attribute: 'app-id' }, openapiPath: { type: String, attribute: 'openapi-path' }, path: { type: String }, method: { type: String }, client: { attribute: false },
    draft: { state: true }, search: { state: true }, outcome: { state: true }, problem: { state: true }, sent: { state: true }, credentials: { state: true },
  };

  declare appId: string | undefined;
  declare openapiPath: string | undefined;
  declare path: string | undefined;
  declare method: string | undefined;
  /** For this element alone; else it is the client of the `fapi-provider` around it. */
  declare client: FapiClient | undefined;
  declare draft: Draft;
  declare search: string;
  declare outcome: Outcome;
  declare problem: string | undefined;
  declare sent: readonly Sent[];
  declare credentials: Credentials;

  readonly #app = new AppStoreController(this, { sees: ['app'] });
  readonly #document = new LoadedController<Document>(this, (signal) => this.#readDocument(signal));
  #sending: AbortController | undefined;
  /** The page asks for an operation that is not in the form yet. */
  #isDue = false;

  constructor() {
    super();
    this.#forget();
    this.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      event.stopPropagation();
      void this.send();
    });
  }

  /** Sends what stands in the form, and resolves when it was answered, refused or given up. A second call while one is under way does nothing. */
  async send(): Promise<void> {
    const { draft, appId } = this;
    const { client, strings } = this.#app;
    if (!client || !appId || this.#sending) return;
    const own = (this.#sending = new AbortController());
    try {
      const request = await makeRequest(draft, this.#document.value?.api?.schemes ?? [], this.credentials);
      this.problem = 'code' in request ? this.#say(request) : undefined;
      if ('code' in request || own.signal.aborted) return;
      this.outcome = { state: 'waiting' };
      const outcome = await client.apps.try(appId, toWire(request), { signal: own.signal }).then((answer): Outcome => ({ state: 'answered', answer }), (error: unknown): Outcome => ({ state: 'failed', error }));
      // Given up, or another request stands in the form by now.
      if (own.signal.aborted) return;
      this.outcome = outcome;
      this.sent = [{ draft, at: new Date().toISOString(), outcome }, ...this.sent].slice(0, mostSent);
      if (outcome.state === 'failed') tellError(this, outcome.error);
      if (outcome.state !== 'answered') return;
      const { status, durationMs, bodyBytes } = outcome.answer;
      emit(this, 'fapi-try-response', { appId, method: draft.method, status, durationMs, bytes: bodyBytes });
    } catch {
      // A file that was chosen is not there any more.
      this.problem = strings.errorUnknownText;
    } finally {
      if (this.#sending === own) this.#sending = undefined;
      this.requestUpdate();
    }
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    // A move in the page disconnects and connects in one go.
    queueMicrotask(() => { if (!this.isConnected && this.#sending) this.#open(this.draft, nothingYet); });
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('appId') && changed.get('appId') !== undefined) this.#forget();
    if (changed.has('appId') || changed.has('path') || changed.has('method')) this.#isDue = this.path !== undefined;
    const { value } = this.#document;
    if (this.#isDue && value && !changed.has('appId')) this.#open(this.#wanted(value.api), nothingYet);
  }

  protected override render(): TemplateResult {
    return whenReady(this.#app, this.appId, 6, (snapshot) => this.#ready(snapshot), this.#document.value && this.#app.strings.tryAway);
  }

  protected override updated(changed: PropertyValues<this>): void {
    const canvas = changed.has('outcome') ? this.renderRoot.querySelector('canvas') : null;
    if (canvas && this.outcome.state === 'answered') void drawImage(canvas, this.outcome.answer);
    // It stands below the form, and that may be all there is room for.
    if (changed.has('outcome') && ['answered', 'failed'].includes(this.outcome.state)) this.renderRoot.querySelector('[part=response]')?.scrollIntoView({ block: 'nearest' });
  }

  #ready({ app }: Pick<AppSnapshot, 'app'>): TemplateResult {
    const { strings, locale } = this.#app;
    if (!app?.live) return notice(strings.errorNotLiveTitle, strings.tryNotLiveText);
    // What another revision offers is another document.
    this.#document.see(this.appId, [app.live.id, this.openapiPath].join());
    const { value, error } = this.#document;
    if (!value && isApiError(error, 'forbidden')) return notice(strings.errorForbiddenTitle, strings.tryNoRightText);
    if (!value) return error === undefined ? skeleton(strings, 6, true) : errorNotice(error, strings, locale, () => void this.#document.reload());
    const { api } = value;
    const operations = api?.operations ?? [];
    return html`
      <section part="root" aria-label=${strings.try}>
        ${operations.length > 0 ? '' : html`<p class="hint">${api ? strings.tryNoOperation : strings.tryNoDocument}</p>`}
        <div class=${operations.length > 0 ? 'split' : ''}>
          ${operations.length === 0 ? '' : operationList({
            operations, chosen: this.draft.operation?.id, search: this.search, strings, locale, onSearch: (search) => { this.search = search; },
            onChoose: (operation) => this.#open(operation ? draftOf(operation) : freeDraft, nothingYet),
          })}
          <div>
            ${requestForm({
              draft: this.draft, schemes: api?.schemes ?? [], credentials: this.credentials, problem: this.problem, isSending: this.#sending !== undefined, strings, copy: copyButton(() => this.#copied(app.url), strings, strings.copyCurl, 'large quiet'),
              onDraft: (draft) => { this.draft = draft; }, onCredential: (name, credential) => { this.credentials = new Map(this.credentials).set(name, credential); },
              onSend: () => void this.send(), onCancel: () => this.#open(this.draft, nothingYet),
            })}
            ${answerView({ outcome: this.outcome, strings, locale, onErrors: (during) => emit(this, 'fapi-open-logs', { appId: app.id, during }) })}
            ${sentList(this.sent, strings, locale, ({ draft, outcome }) => this.#open(draft, outcome))}
          </div>
        </div>
      </section>`;
  }

  async #copied(url: string): Promise<string | undefined> {
    try {
      return await this.curl(url);
    } catch {
      // A file that was chosen is not there any more.
      this.problem = this.#app.strings.errorUnknownText;
      return undefined;
    }
  }

  /** What stands in the form as a command for a shell; undefined when it cannot be sent. */
  async curl(url = this.#app.snapshot?.app?.url): Promise<string | undefined> {
    const request = await makeRequest(this.draft, this.#document.value?.api?.schemes ?? [], this.credentials);
    this.problem = 'code' in request ? this.#say(request) : undefined;
    return 'code' in request || url === undefined ? undefined : toCurl(url, request);
  }

  /** What the page asks for, as a draft; from then on it is the reader's. */
  #wanted(api: Api | undefined): Draft {
    this.#isDue = false;
    const path = this.path!;
    const method = tryMethods.find((one) => one === this.method?.toUpperCase());
    const operation = api?.operations.find((one) => one.path === path && (method === undefined || one.method === method));
    return operation ? draftOf(operation) : { ...freeDraft, path, ...(method ? { method } : {}) };
  }

  #open(draft: Draft, outcome: Outcome): void {
    this.#leave();
    [this.draft, this.outcome, this.problem] = [draft, outcome, undefined];
  }

  #leave(): void {
    this.#sending?.abort();
    this.#sending = undefined;
  }

  #forget(): void {
    this.#leave();
    [this.draft, this.search, this.outcome, this.problem, this.sent, this.credentials] = [freeDraft, '', nothingYet, undefined, [], new Map()];
  }

  #say(problem: Problem): string {
    const { strings, locale } = this.#app;
    switch (problem.code) {
      case 'missing': return strings.tryNeeds(problem.name);
      case 'header': return strings.tryHeaderShape(problem.name);
      case 'headers': return strings.tryHeadersShape;
      case 'too_large': return strings.tryTooLarge(formatMegabytes(tryLimits.bodyBytes, locale));
      case 'path': return strings.tryPathShape;
    }
  }

  /** Through the app, as everybody reads it: with no document, or one that cannot be read whole, every request is free. */
  async #readDocument(signal: AbortSignal): Promise<Document> {
    const answer = await this.#app.client!.apps.try(this.appId!, { method: 'GET', path: this.openapiPath ?? '/openapi.json', headers: [['Accept', 'application/json']] }, { signal });
    const api = answer.status === 200 && answer.bodyEncoding === 'utf8' ? readApi(parsed(answer.body)) : undefined;
    this.draft = this.#isDue ? this.#wanted(api) : readAgain(this.draft, api?.operations ?? []);
    return { api };
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

declare global {
  interface HTMLElementTagNameMap { 'fapi-try': FapiTry }
}
