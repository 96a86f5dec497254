/** What `Retry-After` asks for, in milliseconds. A date is taken against the answer's own `Date`: the clock here may be off by minutes. */
export function retryAfterMsOf(headers: Headers, now = Date.now()): number | undefined {
  const text = headers.get('retry-after') ?? '';
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1_000;
  // Date.parse takes numbers and fragments for dates too.
  const at = text.endsWith(' GMT') ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? undefined : Math.max(0, at - (Date.parse(headers.get('date') ?? '') || now));
}
