/** Shows a popover at the edge of what opened it, on the side with more room and over everything, so that nothing moves; what scrolls away from under it closes it. */
export function floatBeside(menu: HTMLElement, anchor: Element): void {
  const { top, bottom, left, right } = anchor.getBoundingClientRect();
  const { clientWidth, clientHeight } = document.documentElement;
  const isBelow = clientHeight - bottom >= top;
  const isAtLeft = left + right < clientWidth;
  const room = (isBelow ? clientHeight - bottom : top) - 8;
  // Boxes are told in pixels of the page, and a length inside a "zoom" is so much longer.
  const zoom = anchor.currentCSSZoom ?? 1;
  const px = (length: number): string => `${Math.max(4, length) / zoom}px`;
  Object.assign(menu.style, { top: isBelow ? px(bottom + 4) : 'auto', bottom: isBelow ? 'auto' : px(clientHeight - top + 4), left: isAtLeft ? px(left) : 'auto', right: isAtLeft ? 'auto' : px(clientWidth - right), maxHeight: `${room / zoom}px` });
  if (!menu.matches(':popover-open')) menu.showPopover();
  /** Much scrolls that moves nothing here: a list somewhere else, the menu's own. */
  const isStill = (): boolean => {
    const now = anchor.getBoundingClientRect();
    return Math.abs(now.top - top) < 1 && Math.abs(now.left - left) < 1;
  };
  const end = new AbortController();
  const close = (event: Event): void => {
    // Taken out of the page it tells nobody that it is closed.
    if (!menu.isConnected) return end.abort();
    if (event.type === 'scroll' && isStill()) return;
    if (menu.matches(':popover-open')) menu.hidePopover();
  };
  // What scrolls in a shadow root is heard there alone.
  for (let root = anchor.getRootNode(); ; root = root.host.getRootNode()) {
    root.addEventListener('scroll', close, { capture: true, signal: end.signal });
    if (!(root instanceof ShadowRoot)) break;
  }
  window.addEventListener('resize', close, { signal: end.signal });
  menu.addEventListener('toggle', (event) => { if (event.newState === 'closed') end.abort(); }, { signal: end.signal });
}
