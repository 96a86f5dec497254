import type { AppSnapshot } from '@fapi/sdk/workspace';
import { html, nothing } from 'lit';
import type { ReactiveController } from 'lit';
import type { AppStoreController } from '../../controllers/app-store.ts';
import { tryLoadElement } from '../../registry.ts';
import type { ConvertOpen } from '../convert/reasons.ts';
import type { CodeFocus } from './code-focus.ts';
import type { FapiEditor } from './editor.ts';

/** The proposal of an app in several files, in the place of the files of an editor. */
export class Converting implements ReactiveController {
  readonly #editor: FapiEditor;
  readonly #app: AppStoreController;
  readonly #focus: CodeFocus;
  /** The proposal is to have the focus, and is not drawn yet. */
  #isAwaited = false;

  constructor(editor: FapiEditor, app: AppStoreController, focus: CodeFocus) {
    [this.#editor, this.#app, this.#focus] = [editor, app, focus];
    editor.addController(this);
  }

  /** Is the proposal, or why there is none, in the place of the files? */
  isShown({ conversion: { state } }: AppSnapshot): boolean {
    return !this.#editor.readonly && (state === 'running' || state === 'proposed' || state === 'failed');
  }

  /** False when nothing may be changed, a conflict comes first, or the view cannot be loaded. */
  async open(): Promise<boolean> {
    const { store, snapshot } = this.#app;
    if (!store || this.#editor.readonly || snapshot?.load !== 'ready' || snapshot.conflict || !(await tryLoadElement('fapi-convert'))) return false;
    this.#isAwaited = true;
    void store.convert();
    return true;
  }

  hostUpdated(): void {
    const view = this.#isAwaited && this.#editor.renderRoot.querySelector('fapi-convert');
    if (!view) return;
    this.#isAwaited = false;
    void view.updateComplete.then(() => view.focus());
  }

  view(snapshot: AppSnapshot): unknown {
    if (!this.isShown(snapshot)) return nothing;
    const onOpen = ({ detail: { path, line } }: CustomEvent<ConvertOpen>): void => {
      this.#close();
      void this.#editor.open(path, line);
    };
    return html`<fapi-convert class="instead" .conversion=${snapshot.conversion} .files=${snapshot.files} @convert-close=${() => this.#close()} @convert-apply=${() => this.#apply()} @convert-again=${() => void this.#app.store?.convert()} @convert-open=${onOpen}></fapi-convert>`;
  }

  #apply(): void {
    // What was typed in another element meanwhile is shown by the view itself.
    void this.#app.store?.applyConversion();
    this.#leave();
  }

  #close(): void {
    this.#app.store?.closeConversion();
    this.#leave();
  }

  #leave(): void { void this.#editor.updateComplete.then(() => this.#focus.give()); }
}
