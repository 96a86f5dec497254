import type * as Editor from './editor.ts';

let here: typeof Editor | undefined;

/** The lazy half of fapi-code, once it is here. */
export const editorHere = (): typeof Editor | undefined => here;

/** What shows code in the page's own HTML. */
const shows = 'fapi-code, fapi-editor, fapi-builder';

/** Has it come. Rejects when it cannot be had; asked again, it is tried again. */
export async function loadEditor(): Promise<typeof Editor> {
  return (here ??= await import('./editor.ts'));
}

/** Resolves at once where the page has no code, else when its editor has come or cannot be had: whether it comes is said by the code, which asks again. On its way while the elements themselves are made. */
export const editorTried: Promise<void> = globalThis.document?.querySelector(shows) ? loadEditor().then(() => undefined, () => undefined) : Promise.resolve();
