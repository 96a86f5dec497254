import type { findEnglish } from '../strings/find.ts';
import type { Translation } from '../strings.ts';

export const findGerman = {
  findText: 'Suchen',
  replaceWith: 'Ersetzen durch',
  showReplace: 'Ersetzen ein- oder ausblenden',
  matchCase: 'Groß- und Kleinschreibung',
  wholeWord: 'Ganzes Wort',
  regularExpression: 'Regulärer Ausdruck',
  closeFind: 'Suche schließen (Esc)',
  findHint: 'Geben Sie ein, was in allen Dateien gesucht werden soll.',
  searching: 'Sucht',
  placesFound: (places, _, files, isOneFile) => `${places} Treffer in ${files} ${isOneFile ? 'Datei' : 'Dateien'}`,
  placesInFile: (places, file) => `${file}, ${places}`,
  lineAt: (line) => `Zeile ${line}`,
  placesCut: 'Es gibt mehr Treffer: Suchen Sie nach etwas, das seltener vorkommt.',
  longLines: (limit) => `In sehr langen Zeilen wurden nur die ersten ${limit} Zeichen durchsucht.`,
  showMorePlaces: (count) => `${count} weitere zeigen`,
  expressionUnsupported: 'Lookaround und Rückverweise gehen hier nicht: Sie könnten die Seite für immer warten lassen.',
  expressionLarge: 'Dieser Ausdruck ist zu groß.',
  replaceAll: 'Alle ersetzen',
  replaceInFile: (path) => `In ${path} ersetzen`,
  replacedPlaces: (places, files, isOneFile) => `${places} ersetzt in ${files} ${isOneFile ? 'Datei' : 'Dateien'}`,
  undoIn: (path) => `In ${path} rückgängig machen`,
  undoAll: 'Alle rückgängig',
  replaceChanged: 'seitdem geändert',
} as const satisfies Translation<typeof findEnglish>;
