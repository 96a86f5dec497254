/** For a menu that has `tabindex="-1"` and whose opener has `tabindex="0"`: where a click gives buttons no focus, it gives it to them. Called when the focus goes elsewhere than to the button that opened it, which closes it itself. */
export const leaving = (onLeave: () => void) => (event: FocusEvent): void => {
  const menu = event.currentTarget as HTMLElement;
  const next = event.relatedTarget as Element | null;
  if (!menu.contains(next) && !next?.matches('[data-more]')) onLeave();
};
