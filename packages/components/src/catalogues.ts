import type { Strings } from './strings.ts';
import { commonEnglish } from './strings/common.ts';

/** Words of those who are on the page only: nobody says others. */
let english: Partial<Strings> = commonEnglish;
/** What came by itself, and what a page said over it. */
const languages = new Map<string, Strings>();
const registered = new Map<string, Partial<Strings>>();
const merged = new Map<string, Strings>();

/** Brings the English words of whoever calls. Once, when its module is loaded: a page has the words of its elements and no others. */
export function addEnglish(words: Partial<Strings>): void {
  english = { ...english, ...words };
  merged.clear();
}

/** Adds or replaces words for a locale; what is missing stays English. Elements drawn later use it. */
export function registerStrings(locale: string, strings: Partial<Strings>): void {
  const name = locale.toLowerCase();
  registered.set(name, { ...registered.get(name), ...strings });
  merged.clear();
}

/** The words of those who are on the page, for a locale: exact, then its language, then English. */
export function stringsFor(locale: string): Strings {
  const name = locale.toLowerCase();
  const language = languageOf(name);
  const known = merged.get(name);
  if (known) return known;
  const strings = { ...english, ...languages.get(language), ...registered.get(language), ...registered.get(name) } as Strings;
  merged.set(name, strings);
  return strings;
}

const later = new Map<string, () => Promise<Strings>>();
const coming = new Map<string, Promise<void>>();

/** Says where the words of a language come from once an element needs them. */
export function registerStringsLater(language: string, load: () => Promise<Strings>): void {
  later.set(language, load);
}

/** Fetches the words of a locale that were left for later; undefined when there is nothing to wait for. Never rejects: without them it is English. */
export function loadStrings(locale: string): Promise<void> | undefined {
  const language = languageOf(locale.toLowerCase());
  const load = later.get(language);
  if (!load) return coming.get(language);
  // Asked for once: what fails would fail at every drawing.
  later.delete(language);
  return awaitStrings(language, load().then((strings) => void languages.set(language, strings)));
}

/** Has whoever draws in a language until `words` are there draw again then. Never rejects: what does not come is English. */
export function awaitStrings(language: string, words: Promise<void>): Promise<void> {
  const loading: Promise<void> = Promise.allSettled([coming.get(language), words]).then(() => {
    if (coming.get(language) === loading) coming.delete(language);
    merged.clear();
  });
  coming.set(language, loading);
  return loading;
}

const languageOf = (name: string): string => name.split('-')[0] ?? '';
