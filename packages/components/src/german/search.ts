import type { searchEnglish } from '../strings/search.ts';
import type { Translation } from '../strings.ts';

export const searchGerman = {
  searchText: 'Suchen',
  searchReplaceWith: 'Ersetzen durch',
  searchCase: 'Groß- und Kleinschreibung',
  searchWord: 'Ganzes Wort',
  searchRegExp: 'Regulärer Ausdruck',
  searchPrevious: 'Voriger Treffer (Umschalt+Enter)',
  searchNext: 'Nächster Treffer (Enter)',
  searchSelect: 'Alle auswählen',
  searchReplaceToggle: 'Ersetzen ein- oder ausblenden',
  searchReplace: 'Ersetzen',
  searchReplaceAll: 'Alle ersetzen',
  searchClose: 'Suche schließen (Esc)',
  searchNone: 'Nichts gefunden',
  searchReplaced: (count) => `${count} ersetzt`,
  searchFound: (count) => `${count} Treffer`,
  searchAt: (at, count) => `${at} von ${count}`,
  searchMany: (count) => `Mehr als ${count}`,
} as const satisfies Translation<typeof searchEnglish>;
