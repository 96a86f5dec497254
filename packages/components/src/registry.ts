import { attachContextRoot } from './contexts.ts';

/** Registers an element unless its name is taken already, e.g. by a second copy of this package. */
export function define(name: string, element: CustomElementConstructor): void {
  attachContextRoot();
  if (!customElements.get(name)) customElements.define(name, element);
}

const later = new Map<string, () => Promise<unknown>>();
const coming = new Map<string, Promise<unknown>>();

/** Says how an element is registered once somebody needs it: `load` imports what defines it. */
export function defineLater(name: string, load: () => Promise<unknown>): void {
  later.set(name, load);
}

/** Is it registered, or would it be when it is needed? */
export const canDefine = (name: string): boolean => later.has(name) || customElements.get(name) !== undefined;

/** Registers what was left for later; rejects when its code cannot be had, and tries again when asked again. */
export async function loadElement(name: string): Promise<void> {
  if (customElements.get(name)) return;
  const load = coming.get(name) ?? later.get(name)?.() ?? Promise.resolve();
  coming.set(name, load);
  await load.finally(() => coming.delete(name));
}

/** As `loadElement`; false where its code cannot be had. */
export const tryLoadElement = (name: string): Promise<boolean> => loadElement(name).then(() => true, () => false);

/** Registers all that was left for later: at once what the page has already, the rest when the browser has nothing better to do. */
export function loadElements(): void {
  const isHere = (name: string): boolean => document.querySelector(name) !== null;
  // What cannot be had now is asked for again when a panel shows it.
  const load = (wanted: (name: string) => boolean): void => { for (const name of later.keys()) if (wanted(name)) void loadElement(name).catch(() => undefined); };
  load(isHere);
  const whenIdle = globalThis.requestIdleCallback ?? ((work: () => void) => setTimeout(work, 200));
  whenIdle(() => load(() => true));
}
