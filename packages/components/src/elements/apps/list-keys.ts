const namesIn = (root: ParentNode): HTMLElement[] => [...root.querySelectorAll<HTMLElement>('[data-open]')];

/** From what searches into the list. */
export function onSearchKey(event: KeyboardEvent, root: ParentNode): void {
  event.stopPropagation();
  if (event.key !== 'ArrowDown') return;
  event.preventDefault();
  namesIn(root)[0]?.focus();
}

/** Arrow keys go from name to name, and from the first back to what searches. */
export function onListKey(event: KeyboardEvent, root: ParentNode): void {
  const names = namesIn(root);
  const at = names.indexOf(event.target as HTMLElement);
  const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: names.length - 1 }[event.key];
  if (at === -1 || next === undefined) return;
  event.preventDefault();
  if (next < 0) root.querySelector<HTMLElement>('.search')?.focus();
  else names[Math.min(next, names.length - 1)]?.focus();
}
