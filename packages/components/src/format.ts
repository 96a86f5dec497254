const numbers = new Map<string, Intl.NumberFormat>();
const dates = new Map<string, Intl.DateTimeFormat>();
const clocks = new Map<string, Intl.DateTimeFormat>();
const relatives = new Map<string, Intl.RelativeTimeFormat>();

function kept<T>(cache: Map<string, T>, locale: string, make: () => T): T {
  const found = cache.get(locale);
  if (found) return found;
  const made = make();
  cache.set(locale, made);
  return made;
}

export function formatNumber(value: number, locale: string): string {
  return kept(numbers, locale, () => new Intl.NumberFormat(locale)).format(value);
}

export function formatMegabytes(bytes: number, locale: string): string {
  return new Intl.NumberFormat(locale, { style: 'unit', unit: 'megabyte', maximumFractionDigits: 1 }).format(bytes / 1_000_000);
}

/** In the largest unit that it has one of. */
export function formatBytes(bytes: number, locale: string): string {
  const [size, unit] = bytes < 1_000 ? [1, 'byte'] as const : bytes < 1_000_000 ? [1_000, 'kilobyte'] as const : [1_000_000, 'megabyte'] as const;
  return new Intl.NumberFormat(locale, { style: 'unit', unit, maximumFractionDigits: 1 }).format(bytes / size);
}

/** Milliseconds below a second with at most one decimal, seconds above. */
export function formatDuration(durationMs: number, locale: string): string {
  if (durationMs < 1_000) return new Intl.NumberFormat(locale, { style: 'unit', unit: 'millisecond', maximumFractionDigits: durationMs < 10 ? 1 : 0 }).format(durationMs);
  const parts = new Intl.NumberFormat(locale, { style: 'unit', unit: 'second', maximumFractionDigits: durationMs < 10_000 ? 2 : 0 }).formatToParts(durationMs / 1_000);
  // "sec" beside "ms" would be two ways of writing: the symbol where the letters are Latin.
  return parts.map(({ type, value }) => (type === 'unit' && /^\p{Script=Latin}+\.?$/u.test(value) ? 's' : value)).join('');
}

export function formatDate(iso: string, locale: string): string {
  return kept(dates, locale, () => new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' })).format(new Date(iso));
}

/** The time of day where the reader is, the same width whatever it is. */
export function formatClock(iso: string, locale: string): string {
  return kept(clocks, locale, () => new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' })).format(new Date(iso));
}

/** A span of whole seconds, in the largest unit that it is whole in. */
export function formatSpan(seconds: number, locale: string): string {
  const [size, unit] = ([[86_400, 'day'], [3_600, 'hour'], [60, 'minute'], [1, 'second']] as const).find(([one]) => seconds % one === 0)!;
  return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(seconds / size);
}

const steps = [[3_600_000, 60_000, 'minute'], [86_400_000, 3_600_000, 'hour'], [Infinity, 86_400_000, 'day']] as const;

/** How long ago, as of `now` in epoch milliseconds. Below a minute it is a word: seconds that count up are no news. */
export function formatAgo(iso: string, { now, strings, locale }: { readonly now: number; readonly strings: { readonly justNow: string }; readonly locale: string }): string {
  const passed = now - Date.parse(iso);
  if (passed < 60_000) return strings.justNow;
  const [, unitMs, unit] = steps.find(([limit]) => passed < limit) ?? steps[2];
  return kept(relatives, locale, () => new Intl.RelativeTimeFormat(locale, { numeric: 'auto' })).format(-Math.floor(passed / unitMs), unit);
}
