import type { EditorView, ViewUpdate } from '@codemirror/view';
import { handsHere } from './hands-later.ts';

/** Whoever has waited longer has gone on to something else. */
const waitedMs = 10_000;

/** A member that was begun while nobody could say what a value has: it is asked for once somebody can. */
export class LateSuggestion {
  #typed: { readonly head: number; readonly at: number } | undefined;

  /** A change that comes from outside is nothing that the user went on to. */
  see({ transactions, docChanged, selectionSet, state }: ViewUpdate, isOutside: boolean): void {
    if (transactions.some((transaction) => transaction.isUserEvent('input.type'))) this.#typed = { head: state.selection.main.head, at: performance.now() };
    else if ((docChanged || selectionSet) && !isOutside) this.#typed = undefined;
  }

  ask(view: EditorView): void {
    const [typed, hands] = [this.#typed, handsHere()];
    if (!typed || !hands || !view.hasFocus || hands.isSuggesting(view.state) || typed.head !== view.state.selection.main.head) return;
    this.#typed = undefined;
    const line = view.state.doc.lineAt(typed.head);
    if (performance.now() - typed.at < waitedMs && /\.[\p{L}\p{N}_]*$/u.test(line.text.slice(0, typed.head - line.from))) hands.suggest(view);
  }
}
