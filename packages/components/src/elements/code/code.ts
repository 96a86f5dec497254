// First of all: what takes longest is on its way while the rest is made.
import { editorHere, loadEditor } from '../../editor/load-editor.ts';
import type { Finding } from '@fapi/sdk/contract';
import { LitElement, html, nothing } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { addEnglish } from '../../catalogues.ts';
import { codePhrasesFor } from '../../code-phrases.ts';
import { consumeLocale } from '../../controllers/locale.ts';
import { keepKeysInside } from '../../controllers/key-guard.ts';
import type * as Editor from '../../editor/editor.ts';
import type { CodeEditor, EditorView, Extension, FileEdit, KeptStates } from '../../editor/editor.ts';
import { emit, tellError } from '../../events.ts';
import { codeEnglish } from '../../strings/code.ts';
import { base } from '../../styles/base.ts';
import { codeStyles } from './code.styles.ts';

addEnglish(codeEnglish);

/**
 * What comes this soon is drawn instead of the textarea, and not after it: a slow telephone lays the textarea out for as long as the editor takes to come, and throws it away.
 * It is asked for before anything is drawn: whoever draws does not follow up an answer.
 */
const momentMs = 200;

export interface Intelligence { extensionFor(path: string): Extension }

/**
 * @summary A code editor without network: a textarea at once, CodeMirror as soon as it is here, with what was typed carried over.
 * @tag fapi-code
 * @attr path - Name of the file. Each path keeps its own undo history, selection and scroll place.
 * @attr language - `python` or `text`; by the end of the path when absent.
 * @attr readonly - Shows without editing; Tab then moves on.
 * @attr wrap - Lines that are longer than the element go on below.
 * @attr label - Accessible name of the text; that of a label of the page, or the name of the file, when absent.
 * @attr name - Name in a form; the value is the text.
 * @fires {CustomEvent<{path: string, value: string}>} fapi-input - The user changed the text.
 * @fires {CustomEvent<{path: string, line: number, column: number}>} fapi-cursor - The cursor moved; 1-based, column in code points.
 * @fires {CustomEvent<{fix: Fix}>} fapi-fix - A fix of a finding was chosen, by a click or Ctrl+. at its place; whoever holds the files makes its edits.
 * @fires {CustomEvent<{source: string, error: unknown}>} fapi-error - The editor cannot be loaded; the textarea stays.
 * @csspart editor - The box around the text.
 * @csspart content - The text itself.
 * @cssprop --fapi-code-surface - Background.
 * @cssprop --fapi-code-text - Text.
 * @cssprop --fapi-code-gutter - Line numbers.
 * @cssprop --fapi-code-line - The line of the cursor.
 * @cssprop --fapi-code-selection - What is selected.
 * @cssprop --fapi-code-match - What was searched for, and the other one of a pair of brackets.
 * @cssprop --fapi-code-keyword - Keywords.
 * @cssprop --fapi-code-string - Strings.
 * @cssprop --fapi-code-number - Numbers.
 * @cssprop --fapi-code-comment - Comments.
 * @cssprop --fapi-code-function - Names of functions.
 * @cssprop --fapi-code-type - Names of classes and types.
 * @cssprop --fapi-code-decorator - Decorators.
 * @cssprop --fapi-code-punctuation - Brackets and operators.
 * @cssprop --fapi-code-size - Size of the text.
 */
export class FapiCode extends LitElement {
  static formAssociated = true;
  static override styles = [...base, codeStyles];
  static override properties = {
    path: { type: String }, language: { type: String }, readonly: { type: Boolean, reflect: true }, wrap: { type: Boolean, reflect: true }, label: { type: String }, name: { type: String },
    value: { attribute: false }, findings: { attribute: false }, areFindingsStale: { attribute: false }, intelligence: { attribute: false }, isTabFocus: { state: true }, isReady: { state: true }, isPlain: { state: true }, isDisabled: { state: true },
  };

  declare path: string;
  declare language: string | undefined;
  declare readonly: boolean;
  declare wrap: boolean;
  declare label: string | undefined;
  declare name: string | undefined;
  /** The text of the file `path`. A write changes what differs only: cursor and undo history stay. */
  declare value: string;
  /** Drawn in the gutter and under the text; those of other files are ignored. */
  declare findings: readonly Finding[];
  /** They were found in another text, and are drawn faintly. */
  declare areFindingsStale: boolean;
  /** What else the editor of a path is made of, as CodeMirror extensions: suggestions, for example. Another object when it would answer something else. */
  declare intelligence: Intelligence | undefined;
  declare isTabFocus: boolean;
  declare isReady: boolean;
  /** The editor cannot be had: what stands there is a field, and stays one. */
  declare isPlain: boolean;
  /** A fieldset around it is disabled. */
  declare isDisabled: boolean;

  readonly #internals = this.attachInternals();
  readonly #locale = consumeLocale(this);
  #editor: CodeEditor | undefined;
  /** What the editor has left while this is out of the page. */
  #kept: KeptStates | undefined;
  /** Of a textarea that gives way. */
  #selection: readonly [start: number, end: number] | undefined;
  #reveal: { line: number; column: number } | undefined;

  constructor() {
    super();
    this.path = 'main.py';
    this.readonly = false;
    this.wrap = false;
    this.value = '';
    this.findings = [];
    this.areFindingsStale = false;
    this.isTabFocus = false;
    this.isReady = false;
    this.isPlain = false;
    this.isDisabled = false;
    keepKeysInside(this);
    // A click on a <label for> arrives as a click on the host itself.
    this.addEventListener('click', (event) => { if (event.composedPath()[0] === this) this.focus(); });
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#editor?.setRoot(this.renderRoot as ShadowRoot);
    if (!this.isReady) void this.#load();
  }

  protected override async scheduleUpdate(): Promise<void> {
    if (!this.hasUpdated && !editorHere()) await Promise.race([loadEditor().catch(() => undefined), new Promise((resolve) => { setTimeout(resolve, momentMs); })]);
    super.scheduleUpdate();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    queueMicrotask(() => {
      if (this.isConnected) return;
      if (this.#editor) this.#kept = this.#editor.destroy();
      this.#editor = undefined;
      this.isReady = false;
    });
  }

  /** Of the browser: a form around it is reset. As a text that comes from outside, it can be undone. */
  formResetCallback(): void { this.value = ''; }

  /** Of the browser: a fieldset around it is disabled, or no more. */
  formDisabledCallback(isDisabled: boolean): void { this.isDisabled = isDisabled; }

  /** Puts the cursor into the text. */
  override focus(): void {
    if (this.#editor) this.#editor.focus();
    else this.renderRoot.querySelector('textarea')?.focus();
  }

  /** Moves the cursor to a 1-based place, scrolls it to the middle and focuses it; waits for the editor if need be. */
  revealLine(line: number, column = 1): void {
    if (this.#editor && !this.isUpdatePending) this.#editor.reveal(line, column);
    else this.#reveal = { line, column };
  }

  /** Forgets undo history and selection of a file that is gone. */
  forget(path: string): void {
    (this.#editor ?? this.#kept)?.forget(path);
  }

  /** A file has another path from now on, which `path` is to be set to if it is shown: undo history, selection and scroll place stay. */
  rename(from: string, to: string): void {
    (this.#editor ?? this.#kept)?.rename(from, to);
  }

  /** Makes edits, each file's as one step of its undo, of files that are not shown too; whoever holds the files is to set `value` to what they end in. */
  edit(edits: readonly FileEdit[]): void {
    this.#editor?.edit(edits);
  }

  /** Does something with CodeMirror's view; undefined while it is not here. */
  act<T>(work: (view: EditorView) => T): T | undefined {
    return this.#editor?.act(work);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('value')) this.#internals.setFormValue(this.value);
    if (this.isReady || !this.isConnected || !editorHere()) return;
    this.isReady = true;
    const area = this.renderRoot.querySelector('textarea');
    if (area && this.shadowRoot?.activeElement === area) this.#selection = [area.selectionStart, area.selectionEnd];
  }

  protected override render(): TemplateResult {
    // CodeMirror has a box of its own: Lit clears what stands behind a binding that ends its parent.
    return html`
      <div class="view" part="editor" ?data-stale=${this.areFindingsStale}><div class="mirror"></div>${this.isReady ? nothing : html`<textarea part="content" spellcheck="false" autocapitalize="off" autocomplete="off" aria-label=${this.#label} .value=${this.value} ?readonly=${this.#isReadOnly} @input=${this.#onTyped}></textarea>`}${this.isPlain ? html`<p class="plain" role="status">${this.#locale.strings.plainCode}</p>` : nothing}</div>
      <span class="tab-hint" role="status" ?hidden=${!this.isTabFocus}>${this.isTabFocus ? this.#locale.strings.tabMovesFocus : nothing}</span>`;
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (!this.isReady) return;
    if (this.#editor) this.#bring(this.#editor, changed);
    const editor = (this.#editor ??= this.#makeEditor(editorHere()!));
    if (this.#selection) editor.select(...this.#selection);
    if (this.#reveal) editor.reveal(this.#reveal.line, this.#reveal.column);
    [this.#selection, this.#reveal] = [undefined, undefined];
  }

  #bring(editor: CodeEditor, changed: PropertyValues<this>): void {
    if (changed.has('path')) editor.open(this.path, this.value, this.#language);
    else if (changed.has('value')) editor.setValue(this.value);
    editor.setReadOnly(this.#isReadOnly);
    editor.setWrapping(this.wrap);
    if (changed.has('intelligence')) editor.refresh(this.#extensionFor);
    editor.setLabel(this.#label);
    editor.setPhrases();
    editor.setFindings(this.findings);
  }

  get #isReadOnly(): boolean { return this.readonly || this.isDisabled; }
  get #label(): string { return this.label ?? this.#labels ?? `${this.#locale.strings.codeLabel}: ${this.path}`; }
  /** What stands in the page's own labels for it. */
  get #labels(): string | undefined { return [...this.#internals.labels].map(({ textContent }) => textContent?.trim()).join(' ') || undefined; }
  get #language(): string { return this.language ?? (/\.pyi?$/.test(this.path) ? 'python' : 'text'); }

  readonly #extensionFor = (path: string): Extension => this.intelligence?.extensionFor(path) ?? [];

  #onTyped(event: Event): void {
    this.#take(this.path, (event.target as HTMLTextAreaElement).value);
  }

  #take(path: string, value: string): void {
    if (path === this.path) this.value = value;
    emit(this, 'fapi-input', { path, value });
  }

  async #load(): Promise<void> {
    try {
      await loadEditor();
      this.isPlain = false;
    } catch (error) {
      if (!this.isConnected) return;
      this.isPlain = true;
      tellError(this, error);
    }
    if (this.isConnected) this.requestUpdate();
  }

  #makeEditor({ createCodeEditor }: typeof Editor): CodeEditor {
    const editor = createCodeEditor({
      parent: this.renderRoot.querySelector('.mirror') as HTMLElement, root: this.renderRoot as ShadowRoot,
      path: this.path, value: this.value, language: this.#language, label: this.#label, isReadOnly: this.#isReadOnly, isWrapping: this.wrap, kept: this.#kept, phrases: () => codePhrasesFor(this.#locale.locale, () => this.requestUpdate()), extensionFor: this.#extensionFor,
      onInput: (path, value) => this.#take(path, value),
      onCursor: (path, line, column) => emit(this, 'fapi-cursor', { path, line, column }),
      onFix: (fix) => emit(this, 'fapi-fix', { fix }),
      strings: () => this.#locale.strings,
      onTabFocus: (isOn) => { this.isTabFocus = isOn; },
    });
    if (this.findings.length > 0 || this.#kept) editor.setFindings(this.findings);
    this.#kept = undefined;
    return editor;
  }
}

declare global {
  interface HTMLElementTagNameMap { 'fapi-code': FapiCode }
}
