import type { englishSettings } from './strings-settings.ts';

type Words = { readonly [K in keyof typeof englishSettings]: (typeof englishSettings)[K] extends string ? string : (typeof englishSettings)[K] };

export const germanSettings: Words = {
  variableReserved: (name) => `${name} setzt der Runner. Wählen Sie einen anderen Namen.`,
  variableReplaces: (name, scope) => `Speichern ersetzt ${name} (${scope}).`,
  variableTooLarge: (used, limit) => `Der Wert hat ${used} Bytes, ${limit} sind die Grenze.`,
  variableUsed: (used, limit) => `${used} von ${limit} Bytes`,
  variablesUsed: (used, limit) => `${used} von ${limit} Variablen`,
  variablesTooMany: (used, limit) => `Es wären ${used} Variablen, ${limit} sind die Grenze.`,
  variablesTooLarge: (used, limit) => `Namen und Werte hätten zusammen ${used} Bytes, ${limit} sind die Grenze.`,
  variableNeedsValue: 'Geben Sie den Wert erneut an: In diesem Bereich gab es ihn noch nicht.',
  variableCharacter: 'Der Wert enthält ein Zeichen, das keine Variable enthalten kann.',
  packages: 'Pakete',
  packagesText: (python) => `Jede App kann sie importieren, mit Python ${python}. Weitere fügt hinzu, wer den Server betreibt.`,
  packagesUnreadable: 'Die Pakete können gerade nicht gelesen werden.',
  packageSearch: 'Pakete suchen',
  packageCount: (count, isOne) => `${count} ${isOne ? 'Paket' : 'Pakete'}`,
  danger: 'App beenden oder anhalten',
  suspendApp: 'Aussetzen',
  suspendText: 'Ihre Adresse antwortet niemandem, und nichts kann live gehen, bis sie fortgesetzt wird. Nichts geht verloren.',
  suspendQuestion: (name) => `${name} aussetzen? Wer sie nutzt, wird sofort abgewiesen.`,
  suspendedText: 'Sie ist ausgesetzt: Ihre Adresse antwortet niemandem, und nichts kann live gehen.',
  suspendedBecause: (reason) => `Grund: ${reason}`,
  suspendedAsk: 'Wer den Server betreibt, hat sie ausgesetzt und kann sie fortsetzen.',
  resumeApp: 'Fortsetzen',
  resumeText: 'Was live war, geht wieder live.',
  deleteAppText: 'Ihre Adresse antwortet niemandem mehr, und sie verschwindet aus der Liste. Einige Tage lang kann sie mit allem wiederhergestellt werden.',
  deleteAppQuestion: (name) => `${name} löschen? Einige Tage lang kann sie wiederhergestellt werden.`,
  appRestorable: (date) => `Sie kann bis ${date} wiederhergestellt werden.`,
};
