type Phrases = Readonly<Record<string, string>>;

/** CodeMirror's own words by language and locale: what came by itself, and what a page said over it. */
const languages = new Map<string, Phrases>();
const registered = new Map<string, Phrases>();
const merged = new Map<string, Phrases>();
const later = new Map<string, () => Promise<Phrases>>();
const coming = new Map<string, Promise<void>>();

const languageOf = (name: string): string => name.split('-')[0] ?? '';
/** Those of other languages stay the same objects. */
const forget = (language: string): void => { for (const name of merged.keys()) if (languageOf(name) === language) merged.delete(name); };

/** CodeMirror's own words ("Find", "Replace", ...) in a locale, over those that come by themselves; English without. */
export function registerCodePhrases(locale: string, words: Record<string, string>): void {
  registered.set(locale.toLowerCase(), words);
  forget(languageOf(locale.toLowerCase()));
}

/** Says where CodeMirror's words in a language come from once there is code to edit. */
export function registerCodePhrasesLater(language: string, load: () => Promise<Phrases>): void {
  later.set(language, load);
}

/** What is a word of CodeMirror for nobody but us: it stands for the locale. */
export const localePhrase = 'fapi.locale';

/** What a page calls something in the place of CodeMirror. */
export const pagePhrase = (locale: string, phrase: string): string | undefined => registered.get(locale.toLowerCase())?.[phrase] ?? registered.get(languageOf(locale.toLowerCase()))?.[phrase];

/** CodeMirror's own words for a locale: exact, then its language, then none, which is English; the same object while they are the same. What was left for later is asked for, and `onCome` called then. */
export function codePhrasesFor(locale: string, onCome: () => void): Phrases {
  const name = locale.toLowerCase();
  const language = languageOf(name);
  void load(language)?.then(onCome);
  const known = merged.get(name) ?? { ...languages.get(language), ...registered.get(language), ...registered.get(name), [localePhrase]: locale };
  merged.set(name, known);
  return known;
}

/** Never rejects: without them it is English. Asked for once, as the other words are. */
function load(language: string): Promise<void> | undefined {
  const words = later.get(language);
  if (!words) return coming.get(language);
  later.delete(language);
  const loading = words().then((phrases) => void languages.set(language, phrases), () => undefined).then(() => {
    coming.delete(language);
    forget(language);
  });
  coming.set(language, loading);
  return loading;
}
