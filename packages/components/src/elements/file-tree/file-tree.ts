import { LitElement, html, nothing } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { addEnglish } from '../../catalogues.ts';
import { afterFrame } from '../../after-frame.ts';
import { keepKeysInside } from '../../controllers/key-guard.ts';
import { consumeLocale } from '../../controllers/locale.ts';
import { MenuController } from '../../controllers/menu.ts';
import { shortcutKey } from '../../controllers/shortcut-key.ts';
import { tellError } from '../../events.ts';
import { fileTreeEnglish } from '../../strings/file-tree.ts';
import { filesEnglish } from '../../strings/files.ts';
import { base } from '../../styles/base.ts';
import { controls } from '../../styles/controls.ts';
import { menuStyles } from '../../styles/menu.ts';
import { TypeAhead } from '../../type-ahead.ts';
import { fileTreeStyles } from './file-tree.styles.ts';
import { head } from './head.ts';
import type { HeadAct } from './head.ts';
import { isOtherList, isOtherMap, isOtherSet } from './is-other.ts';
import type * as questions from './question.ts';
import type { Asking } from './question.ts';
import { rowOf } from './row.ts';
import { saidBar } from './said.ts';
import type { SaidGoes, TreeSaid } from './said.ts';
import { SaidLeaves } from './said-leaves.ts';
import { TreeDrag } from './tree-drag.ts';
import { moveOfKey } from './tree-keys.ts';
import { folderOf, nameOf, renamed, treeRows, within } from './tree-rows.ts';
import type { TreeRow } from './tree-rows.ts';

addEnglish(fileTreeEnglish);
addEnglish(filesEnglish);

/** `rename` and `remove` are of a file, or of a folder with all that is in it. `pick` asks for what is to be taken from the disk into a folder; empty is the root. */
export type FileTreeAct =
  | { act: 'open'; path: string } | { act: 'pick'; what: 'files' | 'folder' | 'zip'; folder: string } | { act: 'export' } | FileAct;
export type FileAct = { act: 'remove' | 'add'; path: string } | { act: 'rename'; path: string; to: string } | { act: 'undo' | 'hide' };

/**
 * @summary The files of an app as a tree, for fapi-editor. Arrows move, letters find, Enter opens, F2 renames in place, Delete deletes, Ctrl+X and Ctrl+V move, Ctrl+Z undoes.
 * @tag fapi-file-tree
 * @attr readonly - Shows and opens only.
 * @fires {CustomEvent<FileTreeAct>} file-act - What the user asked for; does not leave the editor.
 * @csspart tree-item - A file or folder.
 * @csspart said - What became of the last act.
 */
export class FapiFileTree extends LitElement {
  static override styles = [...base, controls, menuStyles, fileTreeStyles];
  static override properties = {
    // Made anew by whoever holds the files, at each key that is typed: what says the same draws the same.
    paths: { attribute: false, hasChanged: isOtherList }, active: { attribute: false }, dirty: { attribute: false, hasChanged: isOtherSet }, marks: { attribute: false, hasChanged: isOtherSet }, people: { attribute: false, hasChanged: isOtherMap }, readonly: { type: Boolean }, said: { attribute: false }, saidGoes: { attribute: false }, saidMs: { attribute: false }, canUndo: { attribute: false },
    closed: { state: true }, focused: { state: true }, asking: { state: true }, problem: { state: true }, cut: { state: true },
  };

  /** Of all files; folders come from them. */
  declare paths: readonly string[];
  /** The file that is shown. */
  declare active: string | undefined;
  /** Paths that are not saved. */
  declare dirty: ReadonlySet<string>;
  /** Paths with errors. */
  declare marks: ReadonlySet<string>;
  /** Who else looks at each file, in words. */
  declare people: ReadonlyMap<string, string>;
  declare readonly: boolean;
  /** What became of the last act. */
  declare said: TreeSaid | undefined;
  /** When that goes by itself: `now`, once nobody is at it, or `soon`, a while after that; else it stays. */
  declare saidGoes: SaidGoes;
  /** After how long what goes soon is gone: long enough to read two sentences twice. It can be seen in the tree afterwards, and what it offered is in the menu. */
  declare saidMs: number;
  #wasInSaid = false;
  /** Whether there is an act that can be taken back. */
  declare canUndo: boolean;
  declare closed: ReadonlySet<string>;
  declare focused: string | undefined;
  declare asking: Asking | undefined;
  declare problem: string | undefined;
  /** What is to be pasted. */
  declare cut: string | undefined;

  readonly #locale = consumeLocale(this);
  readonly #menu = new MenuController(this);
  readonly #typed = new TypeAhead();
  readonly #drag = new TreeDrag(this, { rowOf: (event) => this.#rowOf(event), onMove: (path, folder) => this.#move(path, folder) });
  readonly #leaves = new SaidLeaves(this, () => { if (this.cut === undefined) this.#tell({ act: 'hide' }); });
  /** Comes when the tree has been drawn, so that it is there without a server too. */
  #questions: typeof questions | undefined;
  #rows: readonly TreeRow[] = [];

  constructor() {
    super();
    [this.paths, this.dirty, this.marks, this.people, this.closed] = [[], new Set(), new Set(), new Map(), new Set()];
    [this.readonly, this.canUndo, this.saidMs] = [false, false, 10_000];
    keepKeysInside(this);
  }

  /** Puts the focus on a file or folder, and shows it where its folders were closed. */
  reveal(path: string): void {
    this.closed = new Set([...this.closed].filter((folder) => !path.startsWith(`${folder}/`)));
    this.#focus(path);
  }

  /** Asks for the path of a new file. */
  addFile(): void { this.#onHead('add'); }

  override connectedCallback(): void {
    super.connectedCallback();
    void afterFrame().then(() => this.#loadQuestions()).catch(() => undefined);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    this.#wasInSaid = this.shadowRoot?.activeElement?.closest('.said') != null;
    if (changed.has('paths') || changed.has('closed')) this.#rows = treeRows(this.paths, this.closed);
    // What is to have another name is there no more.
    if (this.asking?.of !== undefined && !this.#rows.some(({ path }) => path === this.asking!.of)) [this.asking, this.problem] = [undefined, undefined];
    // Who has gone to another file elsewhere means that one.
    if (changed.has('active') && this.focused !== this.active && !this.#hasFocus) this.focused = undefined;
  }

  protected override render(): TemplateResult {
    const { strings } = this.#locale;
    const current = this.#current;
    const { asking } = this;
    const options = { asking, problem: this.problem, strings, onSubmit: (path: string) => this.#onPath(path), onCancel: () => this.#ask(undefined), onLeave: (path: string) => this.#onLeave(path) };
    return html`
      ${head({ current, isReadOnly: this.readonly, menu: this.#menu, canUndo: this.canUndo, strings, onAct: (act) => this.#onHead(act) })}
      ${this.#questions?.question(options)}
      ${this.paths.length === 0 ? html`<p class="none secondary">${strings.noFiles}</p>` : nothing}
      <ul role="tree" aria-label=${strings.files} ?data-over=${this.#drag.over === ''} @keydown=${this.#onKey} @click=${this.#onClick} @focusin=${this.#onFocus}
        @dragstart=${this.#drag.onStart} @dragover=${this.#drag.onOver} @dragleave=${this.#drag.onEnd} @dragend=${this.#drag.onEnd} @drop=${this.#drag.onDrop}>
        ${repeat(this.#rows, ({ path }) => path, (row) => rowOf({
          row, isCurrent: row === current, isActive: row.path === this.active, isDirty: this.dirty.has(row.path), isMarked: this.marks.has(row.path), people: this.people.get(row.path), isCut: row.path === this.cut, isOver: row.path === this.#drag.over, isReadOnly: this.readonly, field: asking?.of === row.path ? this.#questions?.askForm({ ...options, asking }) : undefined, strings,
        }))}
      </ul>
      ${saidBar(this.cut === undefined ? this.said : { words: [strings.fileCut(this.cut)], acts: [], kind: 'done' }, strings, () => this.#hide(), this.#leaves)}`;
  }

  protected override updated(changed: PropertyValues<this>): void {
    // A question takes the focus, and what was answered does not let it fall.
    if (changed.has('said') && (this.said?.kind === 'question' || (changed.get('said')?.kind === 'question' && document.activeElement === document.body))) this.renderRoot.querySelector<HTMLElement>('.said button')?.focus();
    // Nor does what was said and is gone, or has no such button any more.
    else if (changed.has('said') && this.#wasInSaid && !this.shadowRoot?.activeElement) this.#focusCurrent();
    if (changed.has('said') || changed.has('saidGoes') || changed.has('cut')) this.#leaves.see(this.saidGoes);
    if (!changed.has('asking') || !this.asking) return;
    const input = this.renderRoot.querySelector('input');
    input?.focus();
    if (input) this.#questions!.selectAsked(this.asking, input);
  }

  get #hasFocus(): boolean { return this.shadowRoot?.activeElement?.closest('[role=tree]') != null; }

  get #current(): TreeRow | undefined {
    const rowAt = (path: string | undefined): TreeRow | undefined => (path === undefined ? undefined : this.#rows.find((row) => row.path === path));
    return rowAt(this.focused) ?? rowAt(this.active) ?? this.#rows[0];
  }

  #tell(detail: FileTreeAct): void {
    this.dispatchEvent(new CustomEvent<FileTreeAct>('file-act', { detail }));
  }

  #ask(asking: Asking | undefined): void {
    this.problem = undefined;
    this.asking = asking;
    if (!asking) this.#focusCurrent();
  }

  #hide(): void {
    if (this.cut === undefined) this.#tell({ act: 'hide' });
    this.cut = undefined;
    this.#focusCurrent();
  }

  #onHead(act: HeadAct): void {
    const row = this.#current;
    const folder = row ? folderOf(row) : '';
    if (act === 'export' || act === 'undo') this.#tell({ act });
    else if (act === 'files' || act === 'zip') this.#tell({ act: 'pick', what: act, folder: act === 'zip' ? '' : folder });
    else if (act === 'folder-of-disk') this.#tell({ act: 'pick', what: 'folder', folder });
    else if (act === 'remove') this.#remove(row);
    else if (act === 'rename') this.#askRename(row);
    // Beside the file that is shown nothing was chosen: a new one goes where its path says.
    else this.#withQuestions(({ askAdd, askFolder }) => this.#ask(act === 'folder' ? askFolder(folder) : askAdd(this.focused === undefined ? '' : folder)));
  }

  #askRename(row: TreeRow | undefined): void {
    if (row) this.#withQuestions(({ askRename }) => this.#ask(askRename(row)));
  }

  async #loadQuestions(): Promise<typeof questions> { return (this.#questions ??= await import('./question.ts')); }

  /** At once where they are here. */
  #withQuestions(act: (found: typeof questions) => void): void {
    if (this.#questions) act(this.#questions);
    else void this.#loadQuestions().then(act).catch((error: unknown) => tellError(this, error));
  }

  #onPath(typed: string): void {
    const { asking } = this;
    const path = asking?.of === undefined ? typed : renamed(asking.of, typed);
    if (!asking || path === asking.of) return this.#ask(undefined);
    this.problem = this.#problemOf(asking, path);
    if (this.problem) return;
    this.#tell(asking.of === undefined ? { act: 'add', path } : { act: 'rename', path: asking.of, to: path });
    this.focused = path;
    // The focus goes into a new file.
    if (asking.of === undefined) this.asking = undefined;
    else this.#ask(undefined);
  }

  #problemOf({ of }: Asking, path: string): string | undefined {
    const { strings, locale } = this.#locale;
    return of === undefined ? this.#questions!.pathProblem(path, this.paths, strings, locale) : this.#questions!.moveProblem(of, path, this.paths, strings, locale);
  }

  /** Who goes on elsewhere has kept the name, where it can be one; the focus stays where it went. A window that is left keeps the field. */
  #onLeave(typed: string): void {
    const { asking } = this;
    if (asking?.of === undefined || !this.isConnected || !document.hasFocus()) return;
    const to = renamed(asking.of, typed);
    [this.asking, this.problem] = [undefined, undefined];
    if (to !== asking.of && this.#problemOf(asking, to) === undefined) this.#tell({ act: 'rename', path: asking.of, to });
  }

  #move(path: string, folder: string): void {
    const to = within(folder, nameOf(path));
    [this.asking, this.problem, this.cut] = [undefined, undefined, undefined];
    if (to === path) return;
    this.#withQuestions(({ moveProblem }) => {
      this.problem = moveProblem(path, to, this.paths, this.#locale.strings, this.#locale.locale);
      if (this.problem) return;
      this.#tell({ act: 'rename', path, to });
      this.reveal(to);
    });
  }

  #remove(row: TreeRow | undefined): void {
    if (!row) return;
    const isIn = ({ path }: TreeRow): boolean => path === row.path || path.startsWith(`${row.path}/`);
    const after = this.#rows.slice(this.#rows.indexOf(row)).find((one) => !isIn(one)) ?? this.#rows[this.#rows.indexOf(row) - 1];
    this.#tell({ act: 'remove', path: row.path });
    this.#focus(after?.path);
  }

  #choose(row: TreeRow): void {
    this.focused = row.path;
    if (row.kind === 'file') this.#tell({ act: 'open', path: row.path });
    else this.#fold([row.path], row.isOpen);
  }

  #fold(paths: readonly string[], isClosed: boolean): void {
    const closed = new Set(this.closed);
    for (const path of paths) if (isClosed) closed.add(path); else closed.delete(path);
    this.closed = closed;
  }

  #rowOf(event: Event): TreeRow | undefined {
    const path = (event.target as Element).closest<HTMLElement>('[role=treeitem]')?.dataset['path'];
    return this.#rows.find((row) => row.path === path);
  }

  readonly #onClick = (event: Event): void => {
    const row = this.#rowOf(event);
    if (row && row.path !== this.asking?.of) this.#choose(row);
  };

  readonly #onFocus = (event: Event): void => {
    this.focused = this.#rowOf(event)?.path ?? this.focused;
  };

  readonly #onKey = (event: KeyboardEvent): void => {
    const row = this.#rowOf(event);
    if (!row || event.altKey || (event.target as Element).localName === 'input') return;
    const act = event.ctrlKey || event.metaKey ? this.#commandOf(event, row) : this.#actOf(event, row);
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    this.problem = undefined;
    act();
  };

  #commandOf(event: KeyboardEvent, row: TreeRow): (() => void) | undefined {
    if (this.readonly || event.shiftKey) return undefined;
    const { cut } = this;
    switch (shortcutKey(event)) {
      case 'z': return () => this.#tell({ act: 'undo' });
      case 'x': return () => { this.cut = row.path; };
      case 'v': return cut === undefined ? undefined : () => this.#move(cut, folderOf(row));
      default: return undefined;
    }
  }

  #actOf({ key, timeStamp }: KeyboardEvent, row: TreeRow): (() => void) | undefined {
    if (!this.readonly && key === 'F2') return () => this.#askRename(row);
    if (!this.readonly && key === 'Delete') return () => this.#remove(row);
    if (key === 'Escape') return this.cut === undefined ? undefined : () => { this.cut = undefined; };
    const at = this.#rows.indexOf(row);
    const move = moveOfKey(key, this.#rows, at, getComputedStyle(this).direction === 'rtl');
    if (!move) return key.length === 1 ? () => this.#focus(this.#typed.find(key, this.#rows, at, timeStamp)?.path) : undefined;
    if ('to' in move) return () => this.#focus(move.to?.path);
    if ('chosen' in move) return () => this.#choose(move.chosen);
    return 'fold' in move ? () => this.#fold([move.fold], move.isClosed) : () => this.#fold(move.unfold, false);
  }

  #focus(path: string | undefined): void {
    if (path === undefined) return;
    this.focused = path;
    this.#focusCurrent();
  }

  /** What was asked for may have to be drawn first, by who holds the files. Whoever has been asked for a name meanwhile types on. */
  #focusCurrent(): void {
    setTimeout(() => { if (!this.asking) this.renderRoot.querySelector<HTMLElement>('[role=treeitem][tabindex="0"]')?.focus(); });
  }
}

declare global {
  interface HTMLElementTagNameMap { 'fapi-file-tree': FapiFileTree }
}
