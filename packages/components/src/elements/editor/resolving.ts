import type { AppFile } from '@fapi/sdk/contract';
import type { AppSnapshot, Conflict } from '@fapi/sdk/workspace';
import { html, nothing } from 'lit';
import type { AppStoreController } from '../../controllers/app-store.ts';
import { tryLoadElement } from '../../registry.ts';
import type { ConflictDone, FapiConflict } from '../conflict/conflict.ts';
import type { CodeFocus } from './code-focus.ts';
import type { FapiEditor } from './editor.ts';

/** `conflict` and `files` are what the draft says; `mine` and `shown` what the view is shown of it. */
interface Seen { readonly conflict: Conflict | undefined; readonly files: readonly AppFile[]; readonly mine: readonly AppFile[]; readonly shown: Conflict }

/** The conflict view of an editor: while it is put off it keeps what was decided, without looking at each key. */
export class Resolving {
  readonly #editor: FapiEditor;
  readonly #app: AppStoreController;
  readonly #focus: CodeFocus;
  #isOpen = false;
  #seen: Seen | undefined;

  constructor(editor: FapiEditor, app: AppStoreController, focus: CodeFocus) {
    [this.#editor, this.#app, this.#focus] = [editor, app, focus];
  }

  /** Is it in the place of the files? */
  isShown(snapshot: AppSnapshot): boolean { return this.#see(snapshot) !== undefined && this.#isOpen; }

  /** False when there is no conflict, nothing may be changed, or the view cannot be loaded. */
  async open(): Promise<boolean> {
    if (!this.#app.snapshot?.conflict || this.#editor.readonly || !(await tryLoadElement('fapi-conflict'))) return false;
    this.#isOpen = true;
    this.#editor.requestUpdate();
    await this.#editor.updateComplete;
    const view = this.#view;
    await view?.updateComplete;
    view?.focus();
    return true;
  }

  view(snapshot: AppSnapshot): unknown {
    const seen = this.#see(snapshot);
    if (!seen) return nothing;
    const onDone = ({ detail }: CustomEvent<ConflictDone>): void => {
      if (this.#take(detail)) this.#leave();
    };
    return html`<fapi-conflict class="instead" ?hidden=${!this.#isOpen} .conflict=${seen.shown} .mine=${seen.mine} @conflict-later=${() => this.#leave()} @conflict-done=${onDone}></fapi-conflict>`;
  }

  get #view(): FapiConflict | null { return this.#editor.renderRoot.querySelector('fapi-conflict'); }

  /** What it is shown; undefined when it never was, for the conflict that there is. */
  #see({ conflict, files, self, draftVersion }: AppSnapshot): Seen | undefined {
    const seen = this.#seen;
    if (!conflict && !(seen && this.#isOpen && this.#view?.isTouched)) {
      this.#isOpen = false;
      this.#seen = undefined;
    } else if (this.#isOpen && (!seen || seen.conflict !== conflict || seen.files !== files)) {
      // They have taken back what was disputed: what was decided of it meets the draft, in which both are by now.
      this.#seen = conflict ? { conflict, files, mine: files, shown: conflict.savedBy === self ? { ...conflict, savedBy: this.#app.strings.selfName } : conflict }
        : { conflict, files, mine: seen!.mine, shown: { ...seen!.shown, version: draftVersion, theirs: files } };
    }
    return this.#seen;
  }

  /** False when the draft is another one by now: the view is shown that, and keeps what was decided. */
  #take({ version, files }: ConflictDone): boolean {
    const { store, snapshot } = this.#app;
    if (!store || !snapshot) return false;
    if (snapshot.conflict) return store.resolve(version, files);
    if (snapshot.files !== this.#seen?.files) return false;
    store.replaceFiles(files);
    return true;
  }

  #leave(): void {
    this.#isOpen = false;
    this.#editor.requestUpdate();
    void this.#focus.give();
  }
}
