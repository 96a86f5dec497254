/** What a person chose in this browser, under a key of the page. A browser that keeps nothing forgets it, and that is all. */
export function remember(key: string, value: unknown): void {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch { /* full, or forbidden here */ }
}

/** What was remembered; undefined when nothing was, or what is there is not ours. */
export function recall(key: string): unknown {
  try {
    return JSON.parse(localStorage.getItem(key) ?? 'null') ?? undefined;
  } catch {
    return undefined;
  }
}
