/** Resolves when the next frame has been drawn; in a page that nobody sees, once somebody does. */
export function afterFrame(): Promise<void> {
  return new Promise((resolve) => { requestAnimationFrame(() => setTimeout(resolve)); });
}
