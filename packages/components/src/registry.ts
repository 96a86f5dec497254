import { attachContextRoot } from './contexts.ts';
import { keepBox } from './keep-box.ts';
import { version } from './version.ts';

type Load = () => Promise<unknown>;
/** One for the page, whatever copies of this package are on it: who names an element first has it, and what that one opens later is of the same copy. */
interface Names { readonly owners: Map<string, Copy>; readonly later: Map<string, Load>; readonly coming: Map<string, Promise<unknown>> }
interface Copy { readonly version: string }

const own: Copy = { version };
const page = globalThis as { [key: symbol]: unknown };
const names = (page[Symbol.for('fapi.elements')] ??= { owners: new Map(), later: new Map(), coming: new Map() } satisfies Names) as Names;
let isSaid = false;

/** Registers an element unless its name is taken already, e.g. by a second copy of this package; the console is told of that once. */
export function define(name: string, element: CustomElementConstructor): void {
  attachContextRoot();
  if (!mayHave(name)) return;
  if (customElements.get(name)) return void (customElements.get(name) === element || say(`${name} is not ours: something else on this page has defined it, an older copy of this package perhaps.`));
  keepBox(element);
  customElements.define(name, element);
}

/**
 * Says how an element is registered once somebody needs it: `load` imports what defines it, by way of `later/` together with what opens it.
 * So all that they share is in the files that are there already; a bundler would else make a file for every set of elements that share something.
 */
export function defineLater(name: string, load: Load): void {
  if (mayHave(name)) names.later.set(name, load);
}

/** Is it registered, or would it be when it is needed? */
export const canDefine = (name: string): boolean => names.later.has(name) || customElements.get(name) !== undefined;

/** Registers what was left for later; rejects when its code cannot be had, and tries again when asked again. */
export async function loadElement(name: string): Promise<void> {
  if (customElements.get(name)) return;
  const load = names.coming.get(name) ?? names.later.get(name)?.() ?? Promise.resolve();
  names.coming.set(name, load);
  await load.finally(() => names.coming.delete(name));
}

/** As `loadElement`; false where its code cannot be had. */
export const tryLoadElement = (name: string): Promise<boolean> => loadElement(name).then(() => true, () => false);

/** Registers all that was left for later: at once what the page has already, the rest when the browser has nothing better to do once `first` is over, which a slow line has for itself until then. */
export async function loadElements(first: Promise<void>): Promise<void> {
  const isHere = (name: string): boolean => document.querySelector(name) !== null;
  // What cannot be had now is asked for again when a panel shows it.
  const load = (wanted: (name: string) => boolean): void => { for (const name of names.later.keys()) if (wanted(name)) void loadElement(name).catch(() => undefined); };
  load(isHere);
  await first;
  const whenIdle = globalThis.requestIdleCallback ?? ((work: () => void) => setTimeout(work, 200));
  whenIdle(() => load(() => true));
}

function mayHave(name: string): boolean {
  const owner = names.owners.get(name) ?? own;
  names.owners.set(name, owner);
  if (owner === own) return true;
  say(`it is on this page twice. The copy that came first (${owner.version}) draws ${name} and whatever else it has named; this one (${version}) leaves those alone. Load one of them only.`);
  return false;
}

function say(words: string): void {
  if (!isSaid) console.warn(`@fapi/components ${version}: ${words}`);
  isSaid = true;
}
