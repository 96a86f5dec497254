import { english } from './strings.ts';
import type { Strings } from './strings.ts';

const catalogues = new Map<string, Strings>([['en', english]]);

/** Adds or replaces words for a locale; what is missing stays English. Elements drawn later use it. */
export function registerStrings(locale: string, strings: Partial<Strings>): void {
  catalogues.set(locale.toLowerCase(), { ...stringsFor(locale), ...strings });
}

/** The words for a locale: exact, then its language, then English. */
export function stringsFor(locale: string): Strings {
  const name = locale.toLowerCase();
  return catalogues.get(name) ?? catalogues.get(name.split('-')[0] ?? '') ?? english;
}

const phrases = new Map<string, Record<string, string>>();

/** CodeMirror's own words ("Find", "Replace", ...) in a locale; English without. */
export function registerCodePhrases(locale: string, words: Record<string, string>): void {
  phrases.set(locale.toLowerCase(), words);
}

/** CodeMirror's own words for a locale: exact, then its language, then none, which is English. */
export function codePhrasesFor(locale: string): Record<string, string> {
  const name = locale.toLowerCase();
  return phrases.get(name) ?? phrases.get(name.split('-')[0] ?? '') ?? {};
}
