import type { FapiClient } from '@fapi/sdk';
import type { Deployment, Fix } from '@fapi/sdk/contract';
import type { AppSnapshot } from '@fapi/sdk/workspace';
import { LitElement, html, nothing } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { cache } from 'lit/directives/cache.js';
import { keyed } from 'lit/directives/keyed.js';
import { addEnglish } from '../../catalogues.ts';
import { AppStoreController } from '../../controllers/app-store.ts';
import { Autosave } from '../../controllers/autosave.ts';
import { ClockController } from '../../controllers/clock.ts';
import { FirstFrame } from '../../controllers/first-frame.ts';
import { FocusHeirController } from '../../controllers/focus-heir.ts';
import { LanguageController } from '../../controllers/language.ts';
import type { LanguageCommand } from '../../editor/language/types.ts';
import { loadEditor } from '../../editor/load-editor.ts';
import { emit } from '../../events.ts';
import type { FapiEvent } from '../../events.ts';
import { isLibraryPath } from '../../library-path.ts';
import { awayBar } from '../../parts/notice.ts';
import { whenReady } from '../../parts/when-ready.ts';
import { editorEnglish } from '../../strings/editor.ts';
import { filesEnglish } from '../../strings/files.ts';
import { languageEnglish } from '../../strings/language.ts';
import { base } from '../../styles/base.ts';
import { controls } from '../../styles/controls.ts';
import { findingStyles } from '../../styles/findings.ts';
import { noticeStyles } from '../../styles/notice.ts';
import { statusStyles } from '../../styles/status.ts';
import type { FileTreeAct } from '../file-tree/file-tree.ts';
import { announceDraft } from './announce.ts';
import { bars } from './bars.ts';
import { body } from './body.ts';
import { CodeFocus } from './code-focus.ts';
import { Converting } from './converting.ts';
import { Disk } from './disk.ts';
import { Deploying } from './deploying.ts';
import { createDraftRuler } from './draft-size.ts';
import { editorStyles } from './editor.styles.ts';
import { FileActs } from './file-acts.ts';
import { FindPane } from './find-pane.ts';
import { actOfKey } from './keys.ts';
import { arrangementOf } from './layout.ts';
import type { Arrangement, Layout } from './layout.ts';
import { mendEntry, mendsOf } from './mending/mends.ts';
import { OpenFiles } from './open-files.ts';
import { paneSwitch } from './pane-switch.ts';
import { Panels } from './panels.ts';
import { Resolving } from './resolving.ts';
import { RouteHandlers } from './route-handlers.ts';
import { toolbar } from './toolbar.ts';

addEnglish(editorEnglish);
addEnglish(languageEnglish);
addEnglish(filesEnglish);

/**
 * @summary Edits the draft of an app: files, routes, tabs, problems with their fixes, tests, save and deploy.
 * @tag fapi-editor
 * @attr app-id - The app.
 * @attr autosave - `off` to save only when told; by itself a draft is saved two seconds after the last key.
 * @attr readonly - Shows without editing, saving or deploying.
 * @attr density - `compact` for smaller rows.
 * @slot toolbar-start - Before the title.
 * @slot toolbar-end - Before the buttons.
 * @slot side - The panel beside the code, e.g. fapi-deploy-status and fapi-metrics; below 720 px it is a tab.
 * @fires {CustomEvent<{appId, isDirty}>} fapi-dirty-change - The first change, or the last one saved.
 * @fires {CustomEvent<{appId, draftVersion}>} fapi-save - The server has the draft.
 * @fires {CustomEvent<{appId}>} fapi-conflict - Somebody else saved in between.
 * @fires {CustomEvent<{appId}>} fapi-deploy-request - Before a deploy; cancelable.
 * @fires {CustomEvent<{appId, deployment}>} fapi-deploy-start - The server has taken the deploy.
 * @fires {CustomEvent<{appId, deployment}>} fapi-deploy-end - It is live or has ended.
 * @fires {CustomEvent<{appId, name}>} fapi-open-variable - A variable that is missing is to be added; fapi-settings of the same app asks for its value.
 * @fires {CustomEvent<{appId}>} fapi-open-deployment - The failure of the last deploy was asked for; a page that shows it under a tab opens that.
 * @fires {Event} files-open - Files were opened, closed or renamed: what `filesOpen` is now; does not bubble.
 * @fires {CustomEvent<Arrangement>} fapi-layout-change - Panels were shown, hidden or resized: what `arrangement` is now.
 * @fires {CustomEvent<{source: string, appId: string | undefined}>} fapi-ready - The app is drawn for the first time.
 * @fires {CustomEvent<{source: string, error: unknown}>} fapi-error - Something could not be read or done; once, when that begins.
 * @csspart toolbar - The line on top.
 * @csspart rollout - What the newest deploy does, while it runs or when it failed.
 * @csspart readiness - Whether a deploy of what is typed only has to switch.
 * @csspart freshness - What the draft is, against what is live.
 * @csspart people - Who else has the app open.
 * @csspart deploy - The button that deploys.
 * @csspart tabs - The open files.
 * @csspart tab - An open file.
 * @csspart routes - The routes of the draft.
 * @csspart route - A route that leads to its handler.
 * @csspart references - Where a name is used.
 * @csspart reference - One use of it.
 * @csspart library - What says that a source of a library is shown.
 * @csspart language - Whether there are suggestions.
 * @csspart problems - The list of problems.
 * @csspart problem - A finding.
 * @csspart root - The box around everything.
 * @csspart status - How the app is, in a word and a shape.
 * @csspart since - When the draft was saved and the app went live, and by whom.
 * @csspart size - How much of what a draft may have is used, near the limit.
 * @csspart header - The line on top.
 * @csspart error - Why it cannot be shown, or what went wrong.
 * @csspart empty - What is said when there is nothing to show.
 * @csspart loading - The place of what is on its way.
 * @cssprop [--fapi-editor-height=640px] - Height of the element.
 */
export class FapiEditor extends LitElement {
  static override styles = [...base, controls, statusStyles, noticeStyles, findingStyles, editorStyles];
  static override properties = { appId: { type: String, attribute: 'app-id' }, readonly: { type: Boolean, reflect: true }, autosave: { type: String }, client: { attribute: false }, recall: { attribute: false } };

  declare appId: string | undefined;
  declare readonly: boolean;
  declare autosave: 'draft' | 'off';
  /** For this element alone; else it is the client of the `fapi-provider` around it. */
  declare client: FapiClient | undefined;

  /** Which files were open in an app before, for its first drawing, as `filesOpen` had them; fapi-builder gives what it remembers. */
  declare recall: ((appId: string) => unknown) | undefined;

  readonly #app = new AppStoreController(this, { tellsAway: true, onChange: (snapshot, before) => this.#onSnapshot(snapshot, before) });
  readonly #deploying = new Deploying(this, this.#app);
  readonly #autosave = new Autosave();
  readonly #clock = new ClockController(this, () => this.#app.snapshot?.app !== undefined);
  readonly #firstFrame = new FirstFrame(this, () => this.#app.snapshot?.load === 'ready');
  readonly #focus = new CodeFocus(this);
  readonly #panels = new Panels(this);
  readonly #find = new FindPane(this, this.#panels, this.#focus);
  readonly #open = new OpenFiles();
  readonly #acts = new FileActs({ open: this.#open, store: () => this.#app.store, code: () => this.#focus.code, words: () => this.#app, editsOfMove: (move) => this.#language.editsOfMoves([move]), onChange: () => this.requestUpdate() });
  readonly #disk = new Disk(this, this.#app, this.#acts);
  readonly #handlers = new RouteHandlers(this, () => this.#app.snapshot?.dryImport);
  #toldOpen = '';
  /** Whose what is drawn is. */
  #of: { readonly client: FapiClient | undefined; readonly appId: string | undefined } = { client: undefined, appId: undefined };
  readonly #bytesOf = createDraftRuler();
  readonly #resolving = new Resolving(this, this.#app, this.#focus);
  readonly #converting = new Converting(this, this.#app, this.#focus);
  readonly #language = new LanguageController(this, { app: this.#app, code: () => this.#focus.code, mayEdit: () => !this.readonly, show: ({ path, line, column }) => void this.open(path, line, column) });

  constructor() {
    super();
    this.readonly = false;
    this.autosave = 'draft';
    this.addEventListener('keydown', this.#onKey);
    this.addEventListener('focusin', () => this.#language.wake());
    // Keys are heard where the focus is: who has answered a bar goes on in here. A telephone would show its keyboard for the code.
    new FocusHeirController(this, { from: '*', to: matchMedia('(pointer: coarse)').matches ? ['.save'] : ['fapi-code', '.save'] });
  }

  /** Which panels are shown, and how wide: `arrange` takes it back. */
  get arrangement(): Arrangement { return arrangementOf(this.#panels.layout); }

  /** Shows, hides and resizes panels; `pane` is the one that is shown where there is room for one only. */
  arrange(change: Partial<Arrangement & Pick<Layout, 'pane'>>): void {
    this.#panels.resize(change);
    this.#panels.arrange(change);
  }

  /** The files that have a tab, and once more, at the end, the one that is shown: `recall` takes it back. */
  get filesOpen(): readonly string[] { return [...this.#open.paths, this.#open.active ?? ''].filter((path) => !isLibraryPath(path)); }

  /** Opens what `recall` says, in the place of what is open. */
  openRecalled(): void {
    this.#open.clear();
    this.#keepOpen();
    this.requestUpdate();
  }

  /** Whether the draft differs from what the server has. */
  get isDirty(): boolean { return (this.#app.snapshot?.dirtyPaths.size ?? 0) > 0; }

  override connectedCallback(): void {
    super.connectedCallback();
    // On its way while the draft is: whether it comes is said by the code itself, which asks again.
    void loadEditor().catch(() => undefined);
    this.ownerDocument.addEventListener('fapi-open-location', this.#onLocation);
    this.ownerDocument.addEventListener('fapi-open-entry', this.#onEntry);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.ownerDocument.removeEventListener('fapi-open-location', this.#onLocation);
    this.ownerDocument.removeEventListener('fapi-open-entry', this.#onEntry);
  }

  /** Saves the draft; a conflict shows as a bar, not as a rejection. */
  async save(): Promise<void> {
    if (this.isDirty && !this.readonly) await this.#app.store?.save().catch(() => undefined);
  }

  /** Opens the view in which a conflict is resolved. False when there is none, nothing may be changed, or the view cannot be loaded. */
  resolveConflict(): Promise<boolean> { return this.#resolving.open(); }

  /** Saves and deploys in one act, unless a listener of `fapi-deploy-request` cancels it. */
  deploy(): Promise<Deployment | undefined> { return this.#deploying.deploy(); }

  /** Runs the draft's tests as it is typed; what they say is shown with the problems. */
  async test(): Promise<void> {
    this.#panels.arrange({ areProblemsOpen: true });
    await this.#app.store?.test();
  }

  /** Does at the cursor what a language server can do: says what a name is, goes to its definition, lists references, renames, offers fixes, formats. False while there is none. */
  runLanguage(command: LanguageCommand): boolean { return this.#language.run(command); }

  /** Opens a file, at a 1-based place when `line` is given. False when there is no such file. */
  async open(path: string, line?: number, column = 1): Promise<boolean> {
    if (!this.#app.snapshot?.files.some((file) => file.path === path) && this.#language.libraryText(path) === undefined) return false;
    this.#open.open(path);
    this.#panels.arrange({ pane: 'code' });
    this.requestUpdate();
    await this.updateComplete;
    if (line !== undefined) this.#focus.code?.revealLine(line, column);
    return true;
  }

  /** Asks for files, a folder or an archive of the disk and takes it into the draft; call it soon after a click or a key. */
  async importFiles(what: 'files' | 'folder' | 'zip'): Promise<void> {
    if (!this.readonly) await this.#disk.pick(what, '');
  }

  /** Saves the draft and downloads it as a zip archive. */
  exportZip(): Promise<void> { return this.#disk.export(); }

  /** Opens the search over all files, in the place of the file list, with the cursor in it; what is selected in the code, within one line, is looked for. False when it cannot be loaded. */
  findInProject(): Promise<boolean> { return this.#find.open(); }

  /** Proposes the app with its main.py in several files, and shows it in the place of the files; nothing changes before it is taken there. False when nothing may be changed, a conflict comes first, or the view cannot be loaded. */
  convertToMultiFile(): Promise<boolean> { return this.#converting.open(); }

  /** Puts the cursor into the code; where it is not there yet, once it is. */
  focusCode(): Promise<void> { return this.#focus.give(); }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('appId')) return;
    this.#open.clear();
    this.#acts.clear();
    this.#deploying.settledReadiness = '';
  }

  protected override updated(): void {
    const { active } = this.#open;
    const { store, snapshot } = this.#app;
    // Others need not hear of it before the code is here, which would wait for that.
    if (snapshot?.load !== 'ready') return;
    this.#tellOpen();
    // Who reads the source of a library is at no file of the draft.
    store?.attend(active !== undefined && isLibraryPath(active) ? undefined : active);
  }

  /** Whoever holds the editor hears of it: files were opened, closed or renamed. */
  #tellOpen(): void {
    const open = JSON.stringify([this.appId, this.filesOpen]);
    if (open === this.#toldOpen) return;
    this.#toldOpen = open;
    this.dispatchEvent(new Event('files-open'));
  }

  protected override render(): unknown {
    const { client } = this.#app;
    if (client !== this.#of.client || this.appId !== this.#of.appId) this.#of = { client, appId: this.appId };
    // While the app is read again what was drawn of it waits, with what can be undone: nobody else's app is shown in it.
    return keyed(this.#of, html`${cache(whenReady(this.#app, this.appId, 8, (snapshot) => this.#editor(snapshot)))}`);
  }

  #editor(snapshot: AppSnapshot): TemplateResult {
    const { strings, store, locale } = this.#app;
    const { layout } = this.#panels;
    const isResolving = this.#resolving.isShown(snapshot);
    const isCovered = isResolving || this.#converting.isShown(snapshot);
    return html`
      <section class="root" part="root" aria-label=${strings.editor}>
        ${toolbar({ snapshot, strings, locale, isFreshlyLive: this.#deploying.isFreshlyLive(snapshot), readiness: this.#deploying.readiness(snapshot), settledReadiness: this.#deploying.settledReadiness, onFailure: layout.hasSide ? () => this.#showFailure() : undefined, onSave: () => void this.#saveByHand(), onDeploy: () => void this.#deployByHand() })}
        ${isResolving ? (snapshot.connection === 'reconnecting' ? awayBar(strings.reconnecting) : nothing) : bars({ snapshot, store, strings, locale, now: this.#clock.now(), isReadOnly: this.readonly, onResolve: () => void this.resolveConflict(), onDeploy: () => void this.#deployByHand() })}
        ${this.#resolving.view(snapshot)}
        ${isResolving ? nothing : this.#converting.view(snapshot)}
        ${this.#body(snapshot, isCovered)}
        ${isCovered ? nothing : paneSwitch({ pane: layout.pane, hasSide: layout.hasSide, strings, onChoose: (pane) => this.#panels.arrange({ pane }) })}
      </section>`;
  }

  #body(snapshot: AppSnapshot, isHidden: boolean): TemplateResult {
    const { strings, locale, store } = this.#app;
    return body({
      snapshot, store, now: this.#clock.now(), draftBytes: this.#bytesOf(snapshot.files), layout: this.#panels.layout, open: this.#open, acts: this.#acts, handlers: this.#handlers, language: this.#language, isReadOnly: this.readonly, isFirst: !this.#firstFrame.isOver, isHidden, strings, locale, host: this,
      onLayout: (change) => this.#panels.arrange(change), onOpen: (path, line, column) => void this.open(path, line, column), onClose: (path) => { this.#open.close(path); this.requestUpdate(); },
      onFileAct: (act) => this.#onFileAct(act), onAddFile: () => void this.#addFile(), onFix: (fix) => this.#fix(fix), mendsOf: (finding) => mendsOf(finding, this, this.#app, this.#acts), onTest: () => void this.test(), onFindClose: () => this.#find.close(), onConvert: () => void this.convertToMultiFile(),
    });
  }

  #keepOpen(): void { this.#open.keep((this.#app.snapshot?.files ?? []).map(({ path }) => path), () => (this.appId ? this.recall?.(this.appId) : undefined)); }

  #onSnapshot(snapshot: AppSnapshot, before: AppSnapshot | undefined): void {
    this.#keepOpen();
    this.#acts.notice.see(snapshot.files);
    announceDraft(this, snapshot, before);
    this.#deploying.see(snapshot);
    this.#language.see(snapshot, before);
    const { store, storeClient } = this.#app;
    if (!store || !storeClient) return;
    if (this.autosave === 'off' || this.readonly) this.#autosave.cancel(store);
    else this.#autosave.see(storeClient, store, snapshot, before);
  }

  /** Who asks for a save, and not a timer, is there to resolve what stands in its way. */
  async #saveByHand(): Promise<void> {
    await this.save();
    await this.resolveConflict();
  }

  async #deployByHand(): Promise<void> {
    if (!(await this.deploy())) await this.resolveConflict();
  }

  /** What shows it is the page's: beside the code, or under a tab of its own. */
  #showFailure(): void {
    this.#panels.arrange({ pane: 'side', isSideShown: true });
    if (this.appId) emit(this, 'fapi-open-deployment', { appId: this.appId });
  }

  #fix(fix: Fix): void {
    const { store } = this.#app;
    // What it was found in has moved on: the next check offers what fits.
    if (store && !this.readonly && !store.applyFix(fix)) void store.validate();
  }

  #onFileAct(act: FileTreeAct): void {
    if (act.act === 'open') return void this.open(act.path);
    if (act.act === 'export') return void this.#disk.export();
    if (act.act === 'pick') return void this.#disk.pick(act.what, act.folder);
    this.#acts.act(act);
    if (act.act === 'add') void this.open(act.path, 1);
  }

  /** The list asks for the path: it is in sight first. */
  async #addFile(): Promise<void> {
    this.#panels.arrange({ isFindOpen: false, areFilesShown: true, pane: 'files' });
    await this.updateComplete;
    this.renderRoot.querySelector('fapi-file-tree')?.addFile();
  }

  readonly #onLocation = (event: FapiEvent<'fapi-open-location'>): void => {
    const { appId, file, line, column } = event.detail;
    if (appId !== this.appId) return;
    // What is said of a file that is not there can be mended where the problems are.
    void this.open(file, line, column).then((isOpen) => { if (!isOpen) this.#panels.arrange({ areProblemsOpen: true, pane: 'code' }); });
  };

  readonly #onEntry = ({ detail }: FapiEvent<'fapi-open-entry'>): void => { if (detail.appId === this.appId && !this.readonly) void mendEntry(this, this.#app, this.#acts); };

  readonly #onKey = (event: KeyboardEvent): void => {
    const act = actOfKey(event);
    if (!act) return;
    event.preventDefault();
    void { find: () => this.findInProject(), save: () => this.#saveByHand(), deploy: () => this.#deployByHand() }[act]();
  };
}

declare global {
  interface HTMLElementTagNameMap { 'fapi-editor': FapiEditor }
}
