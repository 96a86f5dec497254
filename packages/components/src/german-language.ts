import type { Strings } from './strings.ts';
import type { languageEnglish } from './strings-language.ts';

/** The words of `strings-language.ts` in German. */
export const languageGerman: Pick<Strings, keyof typeof languageEnglish> = {
  languageOn: 'Vorschläge sind an',
  languageOff: (why) => `Vorschläge sind aus: ${why}`,
  languageOffShort: 'Keine Vorschläge',
  languageNoServer: 'es läuft kein Sprachserver. Schlüsselwörter und Namen dieser Datei werden weiter ergänzt.',
  languageBusy: 'die Werkbank ist ausgelastet. Sie kommen von selbst zurück.',
  languageTooMany: 'zu viele Editoren sind offen. Sie kommen zurück, wenn einer geschlossen wird.',
  languageForbidden: 'Ihre Rolle darf diese App nicht bearbeiten.',
  languageTooLarge: 'eine Datei ist zu groß dafür.',
  languageConnection: 'die Verbindung ist unterbrochen. Sie kommen von selbst zurück.',
  languageOther: 'der Server hat sie beendet.',
  libraryTab: 'Quelltext einer Bibliothek, nur lesbar',
  libraryBar: (name) => `${name} ist der Quelltext einer Bibliothek: nur lesbar und kein Teil dieser App.`,
  goToDefinition: 'Gehe zur Definition',
  findReferences: 'Verwendungen suchen',
  renameSymbol: 'Namen überall ändern',
  formatDocument: 'Datei formatieren',
  suggestFixes: 'Korrekturen und Aktionen zeigen',
  referencesOf: (name, count, isOne) => `${count} ${isOne ? 'Verwendung' : 'Verwendungen'} von ${name}`,
  closeReferences: 'Verwendungen schließen',
  noDefinition: 'Hier wurde keine Definition gefunden.',
  noReferences: 'Hier wurden keine Verwendungen gefunden.',
  noRename: 'Das lässt sich nicht umbenennen.',
  noFormat: 'Diese Datei lässt sich nicht formatieren. Hat sie einen Syntaxfehler?',
  noActions: 'Hier gibt es nichts zu korrigieren.',
  notApplied: 'Der Text hat sich inzwischen geändert. Versuchen Sie es noch einmal.',
  newName: (name) => `Neuer Name für ${name}`,
  renameAct: 'Umbenennen',
  actions: 'Korrekturen und Aktionen',
};
