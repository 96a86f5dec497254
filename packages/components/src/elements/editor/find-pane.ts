import { tryLoadElement } from '../../registry.ts';
import { selectedText } from '../find/selected-text.ts';
import type { CodeFocus } from './code-focus.ts';
import type { FapiEditor } from './editor.ts';
import type { Panels } from './panels.ts';

/** The search over all files, in the place of the file list of an editor. */
export class FindPane {
  readonly #editor: FapiEditor;
  readonly #panels: Panels;
  readonly #focus: CodeFocus;

  constructor(editor: FapiEditor, panels: Panels, focus: CodeFocus) {
    [this.#editor, this.#panels, this.#focus] = [editor, panels, focus];
  }

  /** False when it cannot be loaded. */
  async open(): Promise<boolean> {
    if (!(await tryLoadElement('fapi-find'))) return false;
    const selected = this.#focus.code?.act(selectedText);
    this.#panels.arrange({ isFindOpen: true, areFilesShown: true, pane: 'files' });
    await this.#editor.updateComplete;
    const find = this.#editor.renderRoot.querySelector('fapi-find');
    // Who is in it already has something else in mind.
    if (selected !== undefined && !find?.matches(':focus-within')) find?.seek(selected);
    await find?.updateComplete;
    find?.focus();
    return true;
  }

  close(): void {
    this.#panels.arrange({ isFindOpen: false, pane: 'code' });
    void this.#editor.updateComplete.then(() => this.#focus.give());
  }
}
