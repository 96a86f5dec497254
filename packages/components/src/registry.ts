import { attachContextRoot } from './contexts.ts';

/** Registers an element unless its name is taken already, e.g. by a second copy of this package. */
export function define(name: string, element: CustomElementConstructor): void {
  attachContextRoot();
  if (!customElements.get(name)) customElements.define(name, element);
}
