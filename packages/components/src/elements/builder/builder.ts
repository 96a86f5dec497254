import type { FapiClient } from '@fapi/sdk';
import type { Deployment } from '@fapi/sdk/contract';
import { LitElement, html, nothing } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { addEnglish } from '../../catalogues.ts';
import { AppStoreController } from '../../controllers/app-store.ts';
import { shortcutKey } from '../../controllers/shortcut-key.ts';
import { emit, type Period, tellError } from '../../events.ts';
import * as icons from '../../icons.ts';
import { notice } from '../../parts/notice.ts';
import { builderEnglish } from '../../strings/builder.ts';
import { languageEnglish } from '../../strings/language.ts';
import { base } from '../../styles/base.ts';
import { controls } from '../../styles/controls.ts';
import { noticeStyles } from '../../styles/notice.ts';
import type { FapiEditor } from '../editor/editor.ts';
import type { FapiLogs } from '../logs/logs.ts';
import type { FapiSettings } from '../settings/settings.ts';
import { builderStyles } from './builder.styles.ts';
import type { commandsOf } from './commands.ts';
import type { FapiPalette, PaletteEntry } from './palette.ts';
import { loadElement, tryLoadElement } from '../../registry.ts';
import { panels, panelsOf, panelTag, panelWord } from './panels.ts';
import type { PanelName } from './panels.ts';
import { RememberedArrangement } from './remembered.ts';
import type { shortcutsDialog } from './shortcuts.ts';

addEnglish(builderEnglish);
addEnglish(languageEnglish);

/**
 * @summary The whole builder of one app: the editor, and beside it its deploys, the live app, logs, metrics, history and settings; a command palette and a list of shortcuts.
 * @tag fapi-builder
 * @attr app-id - The app.
 * @attr panels - Which panels, in which order: `deploy preview try logs metrics history settings`.
 * @attr storage-key - Under which key of localStorage it is remembered what is shown, which files are open and how wide; empty for nowhere.
 * @attr readonly - Shows without editing, saving or deploying.
 * @attr autosave - As of fapi-editor.
 * @slot toolbar-start - Before the title.
 * @slot toolbar-end - Before the buttons.
 * @slot deploy - In place of the panel of that name.
 * @slot preview - In place of the panel of that name.
 * @slot try - In place of the panel of that name.
 * @slot logs - In place of the panel of that name.
 * @slot metrics - In place of the panel of that name.
 * @slot history - In place of the panel of that name.
 * @slot settings - In place of the panel of that name.
 * @fires {CustomEvent<{panel}>} fapi-panel-change - Another panel is shown.
 * @fires {CustomEvent<{source: string, appId: string | undefined}>} fapi-ready - The app is drawn for the first time.
 * @fires {CustomEvent<{source: string, error: unknown}>} fapi-error - Something could not be read or done; once, when that begins.
 * @csspart tabs - The names of the panels.
 * @csspart tab - The name of a panel.
 * @csspart panel - A panel.
 * @csspart dialog - The list of shortcuts.
 * @csspart root - The box around everything.
 * @csspart header - The line on top.
 * @csspart status - How the app is, in a word and a shape.
 * @csspart error - Why it cannot be shown, or what went wrong.
 * @csspart empty - What is said when there is nothing to show.
 * @csspart loading - The place of what is on its way.
 * @cssprop [--fapi-builder-height=640px] - Height of the element.
 */
export class FapiBuilder extends LitElement {
  static override styles = [...base, controls, noticeStyles, builderStyles];
  static override properties = {
    appId: { type: String, attribute: 'app-id' }, panels: { type: String }, storageKey: { type: String, attribute: 'storage-key' }, readonly: { type: Boolean, reflect: true }, autosave: { type: String }, client: { attribute: false },
    chosen: { state: true }, asked: { state: true },
  };

  declare appId: string | undefined;
  declare panels: string | undefined;
  declare storageKey: string;
  declare readonly: boolean;
  declare autosave: 'draft' | 'off';
  /** For this element alone; else it is the client of the `fapi-provider` around it. */
  declare client: FapiClient | undefined;
  declare chosen: PanelName | undefined;
  /** What the palette asks for. */
  declare asked: 'commands' | 'files';

  /** Of the app itself it draws nothing: the palette is filled when it is asked for. */
  readonly #app = new AppStoreController(this, { sees: [] });
  readonly #remembered = new RememberedArrangement(this, () => this.#app.client);
  readonly #visited = new Set<PanelName>();
  readonly #failures = new Map<PanelName, unknown>();
  readonly #lineSize = new ResizeObserver(() => this.#showTab());
  #line: HTMLElement | null = null;
  /** The deploy that was asked for last in here, until it has ended. */
  #started: string | undefined;

  constructor() {
    super();
    this.storageKey = 'fapi-builder';
    this.readonly = false;
    this.autosave = 'draft';
    this.asked = 'commands';
    this.addEventListener('keydown', this.#onKey);
    this.addEventListener('fapi-open-deployment', () => this.#showDeploy());
    this.addEventListener('fapi-deploy-start', ({ detail }) => {
      this.#started = detail.deployment.id;
      this.#showDeploy();
    });
    this.addEventListener('fapi-open-variable', ({ detail: { name } }) => void this.#askVariable(name));
    this.addEventListener('fapi-open-logs', ({ detail }) => void this.#showErrors(detail.during));
    this.addEventListener('fapi-deploy-end', ({ detail }) => this.#onDeployEnd(detail.deployment));
  }

  /** The editor inside; null until it is drawn. */
  get editor(): FapiEditor | null { return this.renderRoot.querySelector('fapi-editor'); }

  /** Puts the cursor into the code; where it is not there yet, once it is. */
  async focusCode(): Promise<void> {
    await this.updateComplete;
    await this.editor?.focusCode();
  }

  /** Shows a panel, and what holds it. False when there is no such panel. */
  show(panel: string): boolean {
    if (!this.#choose(panel)) return false;
    this.editor?.arrange({ isSideShown: true, pane: 'side' });
    return true;
  }

  protected override willUpdate(): void {
    const names = panelsOf(this.panels);
    if (this.chosen === undefined || !names.includes(this.chosen)) this.chosen = names.find((name) => name === this.#remembered.panel) ?? names[0];
    if (this.chosen && !this.#visited.has(this.chosen)) void this.#load(this.chosen);
  }

  protected override updated(changed: PropertyValues<this>): void {
    this.#watchTabs(changed.has('chosen'));
  }

  protected override render(): TemplateResult {
    const { client, strings, locale } = this.#app;
    const { appId } = this;
    if (!client) return notice(strings.notConnectedTitle, strings.notConnectedText);
    if (!appId) return notice(strings.noAppTitle, strings.noAppText);
    return html`
      <fapi-editor .appId=${appId} .client=${client} .readonly=${this.readonly} .autosave=${this.autosave} .recall=${this.#remembered.recall} @files-open=${this.#remembered.onFilesOpen} exportparts="root, header, status, error, empty, loading, since, size, people, toolbar, rollout, readiness, freshness, deploy, tabs: editor-tabs, tab: editor-tab, routes, route, references, reference, library, language, problems, problem">
        <slot name="toolbar-start" slot="toolbar-start"></slot>
        <span class="view" slot="toolbar-end">
          <slot name="toolbar-end"></slot>
          ${this.#view()}
        </span>
        <div class="side" slot="side">${panels({ panels: panelsOf(this.panels), chosen: this.chosen, visited: this.#visited, appId, client, isReadOnly: this.readonly, strings, locale, failures: this.#failures, onRetry: (name) => void this.#load(name), onChoose: (name) => this.#choose(name) })}</div>
      </fapi-editor>
      <fapi-palette .entries=${this.#entries()} .heading=${this.asked === 'files' ? strings.goToFile : strings.palette} .placeholder=${this.asked === 'files' ? strings.goToFilePlaceholder : strings.palettePlaceholder}></fapi-palette>
      ${this.#palette?.shortcutsDialog(strings) ?? nothing}`;
  }

  #view(): TemplateResult {
    const { strings } = this.#app;
    const { areFilesShown = true, isSideShown = true } = this.hasUpdated ? this.editor?.arrangement ?? {} : {};
    return html`
      <button type="button" class="quiet icon-only" aria-pressed=${areFilesShown} aria-label=${strings.toggleFiles} title=${strings.toggleFiles} @click=${() => this.editor?.arrange({ areFilesShown: !areFilesShown })}>${icons.filesPanel}</button>
      <button type="button" class="quiet icon-only" aria-pressed=${isSideShown} aria-label=${strings.toggleSide} title=${strings.toggleSide} @click=${() => this.editor?.arrange({ isSideShown: !isSideShown })}>${icons.sidePanel}</button>
      <button type="button" class="quiet icon-only" data-commands aria-label=${strings.palette} title=${strings.paletteHint} @click=${() => void this.#ask('commands')}>${icons.commands}</button>`;
  }

  #entries(): readonly PaletteEntry[] {
    if (this.asked === 'files') return (this.#app.store?.snapshot.files ?? []).map(({ path }) => ({ word: path, run: () => void this.editor?.open(path).then(() => this.editor?.focusCode()) }));
    const { strings } = this.#app;
    return this.#palette?.commandsOf({
      editor: this.hasUpdated ? this.editor : null, panels: panelsOf(this.panels).map((name) => ({ word: panelWord(name, strings), run: () => this.#goTo(name) })), isReadOnly: this.readonly, strings,
      onFile: () => void this.#ask('files'), onKeys: () => void this.#showKeys(),
    }) ?? [];
  }

  /** The code of a panel, unless it is here. */
  async #load(name: PanelName): Promise<void> {
    this.#visited.add(name);
    if (customElements.get(panelTag(name))) return;
    this.#failures.delete(name);
    await loadElement(panelTag(name)).catch((error: unknown) => {
      this.#failures.set(name, error);
      tellError(this, error);
    });
    this.requestUpdate();
  }

  async #ask(asked: 'commands' | 'files'): Promise<void> {
    this.asked = asked;
    if (await this.#loadPalette()) this.renderRoot.querySelector<FapiPalette>('fapi-palette')?.show();
  }

  async #showKeys(): Promise<void> {
    if (await this.#loadPalette()) this.renderRoot.querySelector<HTMLDialogElement>('dialog.keys')?.showModal();
  }

  /** With it comes what it can do, and the list of keys. False where it cannot be had. */
  async #loadPalette(): Promise<boolean> {
    if (!(await tryLoadElement('fapi-palette'))) return false;
    this.requestUpdate();
    return this.updateComplete.then(() => true);
  }

  get #palette(): { commandsOf: typeof commandsOf; shortcutsDialog: typeof shortcutsDialog } | undefined { return customElements.get('fapi-palette') as typeof FapiPalette | undefined; }

  /** Where the names of the panels have not all room, the one that is shown can be read, from when their line is drawn. */
  #watchTabs(isAnother: boolean): void {
    const line = this.renderRoot.querySelector<HTMLElement>('[role=tablist]');
    if (line === this.#line && !isAnother) return;
    this.#line = line;
    this.#lineSize.disconnect();
    // It is told at once, and again when the panels come to be shown.
    if (line) this.#lineSize.observe(line);
  }

  /** Only their own line is scrolled, never the page. */
  #showTab(): void {
    const line = this.#line;
    const tab = line?.querySelector('[aria-selected=true]');
    if (!line || !tab) return;
    const [name, box] = [tab.getBoundingClientRect(), line.getBoundingClientRect()];
    line.scrollLeft += Math.min(0, name.left - box.left) + Math.max(0, name.right - box.right);
  }

  /** Who asks for a panel by its name has no pointer on the way to it. */
  #goTo(name: PanelName): void {
    if (this.show(name)) void this.#focusTab(name);
  }

  async #focusTab(name: PanelName): Promise<void> {
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>(`#tab-${name}`)?.focus();
  }

  #choose(panel: string): boolean {
    const name = panelsOf(this.panels).find((one) => one === panel);
    if (!name) return false;
    if (this.chosen === name) return true;
    const wasInside = this.renderRoot.querySelector(`#panel-${this.chosen}`)?.contains(this.shadowRoot!.activeElement);
    this.chosen = name;
    // What is hidden keeps no focus, which would fall out of the builder.
    if (wasInside) void this.#focusTab(name);
    this.#remembered.keep();
    emit(this, 'fapi-panel-change', { panel: name });
    return true;
  }

  /** Whatever asked for a deploy, its stages are what there is to see, and its failure all the more. */
  #showDeploy(): void {
    if (this.#choose('deploy')) this.editor?.arrange({ isSideShown: true });
  }

  /** Whoever looks at something else is taken away from it by a deploy of this page only. */
  #onDeployEnd({ id, status }: Deployment): void {
    if (id !== this.#started) return;
    this.#started = undefined;
    if (status === 'failed') this.#showDeploy();
  }

  /** What is in the place of the settings hears of it by itself. */
  async #askVariable(name: string): Promise<void> {
    if (!this.show('settings')) return;
    await tryLoadElement(panelTag('settings'));
    await this.updateComplete;
    this.renderRoot.querySelector<FapiSettings>('fapi-settings')?.addVariable(name);
  }

  /** As with the settings: what is in the place of the logs hears of it by itself. */
  async #showErrors(during: Period | undefined): Promise<void> {
    if (!this.show('logs')) return;
    await tryLoadElement(panelTag('logs'));
    await this.updateComplete;
    this.renderRoot.querySelector<FapiLogs>('fapi-logs')?.showErrors(during);
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.altKey || !this.appId || !this.#app.client) return;
    const isCommand = event.ctrlKey || event.metaKey;
    if (isCommand && shortcutKey(event) === 'p') void this.#ask(event.shiftKey ? 'commands' : 'files');
    else if (!isCommand && questionMarks.includes(event.key) && !isTyped(event)) void this.#showKeys();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
}

/** As keyboards of other scripts write it, too. */
const questionMarks: readonly string[] = ['?', '؟', '？'];

/** Is the key meant for a text? */
function isTyped(event: KeyboardEvent): boolean {
  const target = event.composedPath()[0];
  return target instanceof HTMLElement && (target.isContentEditable || target.matches('input, textarea, select'));
}

declare global {
  interface HTMLElementTagNameMap { 'fapi-builder': FapiBuilder }
}
