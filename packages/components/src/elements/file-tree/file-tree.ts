import { LitElement, html, nothing } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { addEnglish } from '../../catalogues.ts';
import { keepKeysInside } from '../../controllers/key-guard.ts';
import { consumeLocale } from '../../controllers/locale.ts';
import * as icons from '../../icons.ts';
import { fileMark } from '../../parts/people.ts';
import { fileTreeEnglish } from '../../strings/file-tree.ts';
import { base } from '../../styles/base.ts';
import { controls } from '../../styles/controls.ts';
import { fileTreeStyles } from './file-tree.styles.ts';
import { isOtherList, isOtherMap, isOtherSet } from './is-other.ts';
import { pathProblem } from './path-problem.ts';
import { treeRows } from './tree-rows.ts';
import type { TreeRow } from './tree-rows.ts';

addEnglish(fileTreeEnglish);

export type FileTreeAct = { act: 'open'; path: string } | { act: 'remove'; path: string } | { act: 'add'; path: string } | { act: 'rename'; path: string; to: string };
type Asking = { what: 'add' } | { what: 'rename' | 'remove'; path: string };

/**
 * @summary The files of an app as a tree, for fapi-editor. Arrows move, Enter opens, F2 renames, Delete asks and deletes.
 * @tag fapi-file-tree
 * @attr readonly - Shows and opens only.
 * @fires {CustomEvent<FileTreeAct>} file-act - What the user asked for; does not leave the editor. Cancelled, the focus goes where the listener puts it.
 * @csspart tree-item - A file or folder.
 */
export class FapiFileTree extends LitElement {
  static override styles = [...base, controls, fileTreeStyles];
  static override properties = {
    // Made anew by whoever holds the files, at each key that is typed: what says the same draws the same.
    paths: { attribute: false, hasChanged: isOtherList }, active: { attribute: false }, dirty: { attribute: false, hasChanged: isOtherSet }, marks: { attribute: false, hasChanged: isOtherSet }, people: { attribute: false, hasChanged: isOtherMap }, readonly: { type: Boolean },
    closed: { state: true }, focused: { state: true }, asking: { state: true }, problem: { state: true },
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
  declare closed: ReadonlySet<string>;
  declare focused: string | undefined;
  declare asking: Asking | undefined;
  declare problem: string | undefined;

  readonly #locale = consumeLocale(this);

  constructor() {
    super();
    this.paths = [];
    this.dirty = new Set();
    this.marks = new Set();
    this.people = new Map();
    this.readonly = false;
    this.closed = new Set();
    keepKeysInside(this);
  }

  protected override render(): TemplateResult {
    const { strings } = this.#locale;
    const rows = treeRows(this.paths, this.closed);
    const current = rows.find((row) => row.path === (this.focused ?? this.active)) ?? rows[0];
    const target = this.active;
    return html`
      <header>
        <h2>${strings.files}</h2>
        ${this.readonly ? nothing : html`
          <button type="button" class="quiet icon-only" title=${strings.addFile} aria-label=${strings.addFile} @click=${() => this.#ask({ what: 'add' })}>${icons.addFile}</button>
          <button type="button" class="quiet icon-only" title=${strings.renameHint} aria-label=${strings.renameFile} ?disabled=${!target} @click=${() => target && this.#ask({ what: 'rename', path: target })}>${icons.rename}</button>
          <button type="button" class="quiet icon-only" title=${strings.removeHint} aria-label=${strings.removeFile} ?disabled=${!target} @click=${() => target && this.#ask({ what: 'remove', path: target })}>${icons.remove}</button>`}
      </header>
      ${this.#question()}
      <ul role="tree" aria-label=${strings.files} @keydown=${this.#onKey}>
        ${rows.map((row) => this.#row(row, row === current))}
      </ul>`;
  }

  protected override updated(changed: PropertyValues): void {
    if (!changed.has('asking') || !this.asking) return;
    const input = this.renderRoot.querySelector('input');
    input?.focus();
    if (input && this.asking.what === 'rename') input.setSelectionRange(input.value.lastIndexOf('/') + 1, /\.[^./]*$/.exec(input.value)?.index ?? input.value.length);
    if (!input) this.renderRoot.querySelector<HTMLElement>('[data-keep]')?.focus();
  }

  #row(row: TreeRow, isCurrent: boolean): TemplateResult {
    const isActive = row.path === this.active;
    return html`
      <li role="treeitem" part="tree-item" class=${row.kind} tabindex=${isCurrent ? 0 : -1} data-path=${row.path} aria-level=${row.level} aria-selected=${isActive} aria-expanded=${row.kind === 'folder' ? String(row.isOpen) : nothing}
        .style=${`--_level: ${row.level}`} title=${row.path} @click=${() => this.#choose(row)} @focus=${() => { this.focused = row.path; }}>
        ${row.kind === 'folder' ? html`<span class="twist">${icons.chevron}</span>` : html`<span class="twist"></span>`}
        <span class="truncate">${row.name}</span>
        ${fileMark(this.people.get(row.path))}
        ${this.marks.has(row.path) ? html`<svg class="mark" viewBox="0 0 12 12" role="img" aria-label=${this.#locale.strings.problems}><path d="M6 1.2 11.4 10.8H.6Z" fill="currentColor"/></svg>` : nothing}
        ${this.dirty.has(row.path) ? html`<span class="dot" title=${this.#locale.strings.unsaved}><span class="visually-hidden">${this.#locale.strings.unsaved}</span></span>` : nothing}
      </li>`;
  }

  #question(): unknown {
    const { asking } = this;
    const { strings } = this.#locale;
    if (!asking) return nothing;
    if (asking.what === 'remove') return html`
      <div class="ask" role="group" aria-label=${strings.removeQuestion(asking.path)} @keydown=${this.#onAskKey}>
        <p>${strings.removeQuestion(asking.path)}</p>
        <button type="button" @click=${() => { this.#finish({ act: 'remove', path: asking.path }); }}>${strings.remove}</button>
        <button type="button" data-keep @click=${() => this.#ask(undefined)}>${strings.keep}</button>
      </div>`;
    const label = asking.what === 'add' ? strings.newPath : strings.renamePath(asking.path);
    return html`
      <form class="ask" @submit=${this.#onSubmit} @keydown=${this.#onAskKey}>
        <input name="path" class="mono" aria-label=${label} aria-invalid=${this.problem ? 'true' : nothing} aria-describedby=${this.problem ? 'problem' : nothing} placeholder=${asking.what === 'add' ? 'routers/items.py' : nothing}
          autocomplete="off" autocapitalize="off" spellcheck="false" .value=${asking.what === 'rename' ? asking.path : ''}>
        <p id="problem" class="problem" role="alert" ?hidden=${!this.problem}>${this.problem}</p>
      </form>`;
  }

  #ask(asking: Asking | undefined): void {
    this.problem = undefined;
    this.asking = asking;
    if (!asking) void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>('[role=treeitem][tabindex="0"]')?.focus());
  }

  #finish(act: FileTreeAct): void {
    const isOurs = this.dispatchEvent(new CustomEvent<FileTreeAct>('file-act', { detail: act, cancelable: true }));
    this.focused = undefined;
    if (isOurs) this.#ask(undefined);
    else this.asking = undefined;
  }

  #onSubmit(event: Event): void {
    event.preventDefault();
    const { asking } = this;
    const path = String(new FormData(event.target as HTMLFormElement).get('path')).trim();
    if (asking?.what === 'rename' && path === asking.path) return this.#ask(undefined);
    const others = asking?.what === 'rename' ? this.paths.filter((one) => one !== asking.path) : this.paths;
    this.problem = pathProblem(path, others, this.#locale.strings, this.#locale.locale);
    if (this.problem || !asking) return;
    this.#finish(asking.what === 'rename' ? { act: 'rename', path: asking.path, to: path } : { act: 'add', path });
  }

  #onAskKey(event: KeyboardEvent): void {
    if (event.key !== 'Escape') return;
    event.preventDefault();
    this.#ask(undefined);
  }

  #choose(row: TreeRow): void {
    this.focused = row.path;
    if (row.kind === 'file') this.dispatchEvent(new CustomEvent<FileTreeAct>('file-act', { detail: { act: 'open', path: row.path } }));
    else this.#fold(row.path, row.isOpen);
  }

  #fold(path: string, isClosed: boolean): void {
    const closed = new Set(this.closed);
    if (isClosed) closed.add(path); else closed.delete(path);
    this.closed = closed;
  }

  #onKey(event: KeyboardEvent): void {
    const rows = treeRows(this.paths, this.closed);
    const path = (event.target as HTMLElement).dataset['path'];
    const index = rows.findIndex((row) => row.path === path);
    const row = rows[index];
    if (!row || event.ctrlKey || event.metaKey || event.altKey) return;
    const parent = rows.find((one) => one.kind === 'folder' && row.path.startsWith(`${one.path}/`) && one.level === row.level - 1);
    const acts: Record<string, () => void> = {
      ArrowDown: () => this.#focusRow(rows[index + 1]),
      ArrowUp: () => this.#focusRow(rows[index - 1]),
      Home: () => this.#focusRow(rows[0]),
      End: () => this.#focusRow(rows.at(-1)),
      ArrowRight: () => { if (row.kind === 'folder') { if (row.isOpen) this.#focusRow(rows[index + 1]); else this.#fold(row.path, false); } },
      ArrowLeft: () => { if (row.kind === 'folder' && row.isOpen) this.#fold(row.path, true); else this.#focusRow(parent); },
      Enter: () => this.#choose(row),
      ' ': () => this.#choose(row),
      F2: () => { if (row.kind === 'file' && !this.readonly) this.#ask({ what: 'rename', path: row.path }); },
      Delete: () => { if (row.kind === 'file' && !this.readonly) this.#ask({ what: 'remove', path: row.path }); },
    };
    const act = acts[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }

  #focusRow(row: TreeRow | undefined): void {
    if (!row) return;
    this.focused = row.path;
    void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>(`[data-path="${CSS.escape(row.path)}"]`)?.focus());
  }
}

declare global {
  interface HTMLElementTagNameMap { 'fapi-file-tree': FapiFileTree }
}
