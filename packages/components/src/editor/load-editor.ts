import type * as Editor from './index.ts';

let here: typeof Editor | undefined;

/** The lazy half of fapi-code, once it is here. */
export const editorHere = (): typeof Editor | undefined => here;

/** Has it come. Rejects when it cannot be had; asked again, it is tried again. */
export async function loadEditor(): Promise<typeof Editor> {
  return (here ??= await import('./index.ts'));
}
