import type { AppFile, FileChange } from '@fapi/sdk/contract';
import type { ConversionFacts } from '@fapi/sdk/workspace';
import { LitElement, html, nothing } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { addEnglish } from '../../catalogues.ts';
import { keepKeysInside } from '../../controllers/key-guard.ts';
import { consumeLocale } from '../../controllers/locale.ts';
import { formatNumber } from '../../format.ts';
import { changedFile } from '../../parts/changed-file.ts';
import { errorNotice, notice, skeleton } from '../../parts/notice.ts';
import { convertEnglish } from '../../strings/convert.ts';
import { findingEnglish } from '../../strings/findings.ts';
import { base } from '../../styles/base.ts';
import { changedFileStyles } from '../../styles/changed-file.ts';
import { controls } from '../../styles/controls.ts';
import { noticeStyles } from '../../styles/notice.ts';
import { listFileChanges } from './changes.ts';
import { convertStyles } from './convert.styles.ts';
import { reasonList, reasonsOf } from './reasons.ts';
import type { ConvertOpen } from './reasons.ts';

addEnglish(convertEnglish);
addEnglish(findingEnglish);

/** Of more lines than this, a file is shown when it is asked for. */
const openLines = 200;

/**
 * @summary Shows how an app in one file would be in several, for fapi-editor: every file with its lines, what stays and why, or why it cannot be done.
 * @tag fapi-convert
 * @fires {CustomEvent} convert-apply - The proposal is taken; does not leave the editor.
 * @fires {CustomEvent} convert-again - A new proposal is asked for; does not leave the editor.
 * @fires {CustomEvent} convert-close - It is closed; does not leave the editor.
 * @fires {CustomEvent<ConvertOpen>} convert-open - A line was chosen; does not leave the editor.
 * @csspart files - The files that change.
 * @csspart kept - What stays in main.py.
 * @csspart reason - A reason that leads to its line.
 * @csspart refused - Why it cannot be done.
 * @csspart error - What else went wrong.
 * @csspart empty - What stands in the way, in a sentence.
 * @csspart loading - The place of what is on its way.
 */
export class FapiConvert extends LitElement {
  static override styles = [...base, controls, noticeStyles, changedFileStyles, convertStyles];
  static override properties = { conversion: { attribute: false }, files: { attribute: false } };

  /** The proposal, or what became of it. */
  declare conversion: ConversionFacts | undefined;
  /** The files as they are now. */
  declare files: readonly AppFile[];

  readonly #locale = consumeLocale(this);
  #changes: readonly FileChange[] = [];

  constructor() {
    super();
    this.files = [];
    keepKeysInside(this);
    this.addEventListener('keydown', this.#onKey);
  }

  /** To the heading. */
  override focus(): void { this.renderRoot.querySelector<HTMLElement>('h3')?.focus(); }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('conversion')) return;
    const { proposal, before } = this.conversion ?? {};
    this.#changes = proposal && before ? listFileChanges(before, proposal.files) : [];
  }

  protected override render(): unknown {
    const { conversion } = this;
    const { strings } = this.#locale;
    if (!conversion) return nothing;
    return html`
      <section class="root" aria-labelledby="title">
        <header>
          <div class="about"><h3 id="title" tabindex="-1">${strings.convertTitle}</h3>${this.#summary(conversion)}</div>
          <button type="button" class="large" data-close title=${strings.convertCloseHint} @click=${() => this.#close()}>${conversion.state === 'failed' ? strings.convertClose : strings.convertCancel}</button>
          ${this.#act(conversion)}
        </header>
        ${conversion.state === 'failed' ? this.#failure(conversion.error) : conversion.proposal ? this.#preview(conversion) : html`<div class="busy"><p class="note secondary" role="status">${strings.converting}</p>${skeleton(strings, 6)}</div>`}
      </section>`;
  }

  #summary({ state, proposal }: ConversionFacts): unknown {
    const { strings, locale } = this.#locale;
    if (state !== 'proposed' || !proposal) return nothing;
    const added = this.#changes.filter(({ change }) => change === 'added').length;
    return html`<p class="secondary" role="status">${strings.convertSummary(formatNumber(proposal.routes, locale), proposal.routes === 1, formatNumber(added, locale), added === 1)} ${strings.convertProved}</p>`;
  }

  #act({ state }: ConversionFacts): unknown {
    const { strings } = this.#locale;
    if (state !== 'proposed') return nothing;
    return this.#isOutdated ? html`<button type="button" class="primary" data-again @click=${() => this.#again()}>${strings.convertAgain}</button>` : html`<button type="button" class="primary" data-apply @click=${() => this.#apply()}>${strings.convertApply}</button>`;
  }

  #preview({ proposal }: ConversionFacts): TemplateResult {
    const { strings, locale } = this.#locale;
    const kept = (proposal?.kept ?? []).map(({ name, line, reason }) => ({ file: 'main.py', line, text: `${name}: ${reason}` }));
    return html`
      ${this.#isOutdated ? html`<div class="bar" role="alert"><p>${strings.convertChanged}</p></div>` : nothing}
      <div class="parts">
        <nav part="files" aria-label=${strings.convertFilesList}><ul>${this.#changes.map(({ path, change }, at) => html`
          <li><button type="button" class="quiet" title=${path} @click=${() => this.#show(at)}><span class="truncate mono">${path}</span><span class="mark mono" data-change=${change} aria-hidden="true">${change === 'added' ? '+' : '~'}</span><span class="visually-hidden">${change === 'added' ? strings.changeAdded : strings.changeChanged}</span></button></li>`)}</ul></nav>
        <div class="changes">
          ${kept.length === 0 ? nothing : html`<section class="kept" part="kept"><h4>${strings.convertKept}</h4>${reasonList(kept, strings.convertKept, strings, (place) => this.#open(place))}</section>`}
          ${this.#changes.map((change) => changedFile(change, change.addedLines + change.removedLines <= openLines, strings, locale))}
        </div>
      </div>`;
  }

  #failure(error: unknown): TemplateResult {
    const { strings, locale } = this.#locale;
    const reasons = reasonsOf(error);
    if (!reasons) return html`<div class="refused">${errorNotice(error, strings, locale, () => this.#again())}</div>`;
    return html`<div class="refused" part="refused" role="alert">${notice(strings.convertRefusedTitle, strings.convertRefusedText)}${reasonList(reasons, strings.convertReasons, strings, (place) => this.#open(place))}</div>`;
  }

  /** What would be applied was made of other files. */
  get #isOutdated(): boolean {
    const before = this.conversion?.before ?? [];
    const texts = new Map(before.map(({ path, content }) => [path, content]));
    return this.files.length !== before.length || this.files.some(({ path, content }) => texts.get(path) !== content);
  }

  #show(at: number): void {
    const file = this.renderRoot.querySelectorAll<HTMLElement>('.changes > .file')[at];
    if (file instanceof HTMLDetailsElement) file.open = true;
    file?.scrollIntoView({ block: 'start' });
    file?.querySelector('summary')?.focus({ preventScroll: true });
  }

  #open(detail: ConvertOpen): void { this.dispatchEvent(new CustomEvent<ConvertOpen>('convert-open', { detail })); }

  #apply(): void { this.dispatchEvent(new CustomEvent('convert-apply')); }
  #again(): void { this.dispatchEvent(new CustomEvent('convert-again')); }
  #close(): void { this.dispatchEvent(new CustomEvent('convert-close')); }

  readonly #onKey = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || event.defaultPrevented) return;
    event.preventDefault();
    this.#close();
  };
}

declare global {
  interface HTMLElementTagNameMap { 'fapi-convert': FapiConvert }
}
