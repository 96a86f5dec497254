/**
 * Does a page of the portal itself send this? Browsers say so in `Sec-Fetch-Site`, and where that is not sent (no TLS, or an old one) in `Origin`.
 * A POST with neither is no page's: it has no business with a visitor's cookies.
 */
export function isOwnPage({ headers, url }: Pick<Request, 'headers' | 'url'>, origins: readonly string[] | undefined): boolean {
  const site = headers.get('sec-fetch-site');
  if (site !== null && site !== 'same-origin') return false;
  const origin = headers.get('origin');
  if (origin === null) return site === 'same-origin';
  if (!URL.canParse(origin)) return false;
  // Only the host: behind a proxy that ends TLS the address here has another scheme.
  return origins ? origins.includes(origin) : new URL(origin).host === (headers.get('host') ?? new URL(url).host).toLowerCase();
}
