import type { AppFile } from '@fapi/sdk/contract';
import type { AppSnapshot, Conflict } from '@fapi/sdk/workspace';
import { html, nothing } from 'lit';
import type { AppStoreController } from '../../controllers/app-store.ts';
import { tryLoadElement } from '../../registry.ts';
import type { ConflictDone } from '../conflict/conflict.ts';
import type { CodeFocus } from './code-focus.ts';
import type { FapiEditor } from './editor.ts';

/** `shown`: with the reader's own other pages as nobody's name. */
interface Seen { readonly conflict: Conflict; readonly mine: readonly AppFile[]; readonly shown: Conflict }

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
  isShown({ conflict }: AppSnapshot): boolean { return this.#isOpen && conflict !== undefined; }

  /** False when there is no conflict, nothing may be changed, or the view cannot be loaded. */
  async open(): Promise<boolean> {
    if (!this.#app.snapshot?.conflict || this.#editor.readonly || !(await tryLoadElement('fapi-conflict'))) return false;
    this.#isOpen = true;
    this.#editor.requestUpdate();
    await this.#editor.updateComplete;
    const view = this.#editor.renderRoot.querySelector('fapi-conflict');
    await view?.updateComplete;
    view?.focus();
    return true;
  }

  view(snapshot: AppSnapshot): unknown {
    const seen = this.#see(snapshot);
    if (!seen) return nothing;
    const onDone = ({ detail }: CustomEvent<ConflictDone>): void => {
      if (this.#app.store?.resolve(detail.version, detail.files)) this.#leave();
    };
    return html`<fapi-conflict class="instead" ?hidden=${!this.#isOpen} .conflict=${seen.shown} .mine=${seen.mine} @conflict-later=${() => this.#leave()} @conflict-done=${onDone}></fapi-conflict>`;
  }

  /** What it is shown; undefined when it never was, for the conflict that there is. */
  #see({ conflict, files, self }: AppSnapshot): Seen | undefined {
    if (!conflict) {
      this.#isOpen = false;
      this.#seen = undefined;
    } else if (this.#isOpen && (this.#seen?.conflict !== conflict || this.#seen.mine !== files)) this.#seen = { conflict, mine: files, shown: conflict.savedBy === self ? { ...conflict, savedBy: this.#app.strings.selfName } : conflict };
    return this.#seen;
  }

  #leave(): void {
    this.#isOpen = false;
    this.#editor.requestUpdate();
    void this.#focus.give();
  }
}
