import type { Annotation, EditorState, Extension } from '@codemirror/state';
import type { EditorView } from '@codemirror/view';
import { afterFrame } from '../after-frame.ts';

interface Hands { readonly hands: Extension; readonly ownStep: Annotation<unknown>; isSuggesting(state: EditorState): boolean; suggest(view: EditorView): boolean }

let here: Hands | undefined;

/** Once they are here: for all editors of the page. */
export const handsHere = (): Hands | undefined => here;

/** Has them come when the next frame has been drawn, so that nobody waits for the colours of a text because of keys that nobody has pressed yet. Rejects when they cannot be had; asked again, they are tried again. */
export async function loadHands(): Promise<void> {
  await afterFrame();
  here ??= await import('./hands.ts');
}
