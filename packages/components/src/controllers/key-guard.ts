/**
 * Stops typing from reaching the portal's own hotkeys: seen from the document the target is our host, which does not look editable.
 * Keys with a modifier, Escape, Tab and function keys pass, so that the page's shortcuts keep working.
 */
export function keepKeysInside(host: HTMLElement): void {
  const stop = (event: KeyboardEvent): void => {
    const passes = event.ctrlKey || event.metaKey || event.altKey || event.key === 'Tab' || /^F\d+$/.test(event.key) || (event.key === 'Escape' && !event.defaultPrevented);
    if (!passes) event.stopPropagation();
  };
  for (const type of ['keydown', 'keypress', 'keyup'] as const) host.addEventListener(type, stop);
}
