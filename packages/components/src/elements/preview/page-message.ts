/** Where a page stands. `path` has its query and its fragment with it. */
export interface Place {
  readonly path: string;
  readonly x: number;
  readonly y: number;
  readonly canGoBack: boolean;
  readonly canGoForward: boolean;
}

export type PageMessage = ({ readonly kind: 'place' } & Place) | { readonly kind: 'leaving'; readonly path: string } | { readonly kind: 'error'; readonly message: string };

const longestPath = 4_096;
const longestMessage = 500;

/** What a page says, as far as it is what our script says: any page of the app can say anything. `origin` is that of the preview. */
export function readPageMessage(said: unknown, origin: string): PageMessage | undefined {
  if (typeof said !== 'object' || said === null) return undefined;
  const { kind, path, message, x, y, canGoBack, canGoForward } = said as Record<string, unknown>;
  if (kind === 'error') return typeof message === 'string' ? { kind, message: message.slice(0, longestMessage) } : undefined;
  if (typeof path !== 'string' || path.length > longestPath || toPath(path, [origin]) !== path) return undefined;
  if (kind === 'leaving') return { kind, path };
  if (kind !== 'place' || !Number.isFinite(x) || !Number.isFinite(y)) return undefined;
  return { kind, path, x: Number(x), y: Number(y), canGoBack: canGoBack === true, canGoForward: canGoForward === true };
}

/** A path, or an address at one of the origins, as path with query and fragment; undefined when it leads elsewhere. */
export function toPath(text: string, origins: readonly string[]): string | undefined {
  const url = URL.parse(text, origins[0]);
  if (!url || !origins.includes(url.origin)) return undefined;
  // Two slashes at the beginning would be read as another host.
  return (url.pathname.startsWith('//') ? '/.' : '') + url.pathname + url.search + url.hash;
}
