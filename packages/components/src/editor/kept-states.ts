import type { EditorState } from '@codemirror/state';
import type { EditorView } from '@codemirror/view';

export interface KeptState {
  /** With undo, selection and folds. */
  readonly state: EditorState;
  readonly scroll: ReturnType<EditorView['scrollSnapshot']> | undefined;
}

/** The states of the files that no view shows: they outlive the view, and go on in another one. */
export class KeptStates {
  readonly #states = new Map<string, KeptState>();

  find(path: string): KeptState | undefined { return this.#states.get(path); }

  keep(path: string, kept: KeptState): void { this.#states.set(path, kept); }

  take(path: string): KeptState | undefined {
    const kept = this.#states.get(path);
    this.#states.delete(path);
    return kept;
  }

  /** A file has another path: what was kept under that is another file's, and gone. */
  rename(from: string, to: string): void {
    const kept = this.take(from);
    if (kept) this.#states.set(to, kept);
    else this.#states.delete(to);
  }

  /** A file is gone. */
  forget(path: string): void { this.#states.delete(path); }
}
