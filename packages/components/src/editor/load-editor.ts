import type * as Editor from './index.ts';

let here: typeof Editor | undefined;

/** The lazy half of fapi-code, once it is here. */
export const editorHere = (): typeof Editor | undefined => here;

/** What shows code in the page's own HTML. */
const shows = 'fapi-code, fapi-editor, fapi-builder';

/** Has it come. Rejects when it cannot be had; asked again, it is tried again. */
export async function loadEditor(): Promise<typeof Editor> {
  return (here ??= await import('./index.ts'));
}

// On its way while the elements themselves are made. Whether it comes is said by the code, which asks again.
if (globalThis.document?.querySelector(shows)) void loadEditor().catch(() => undefined);
