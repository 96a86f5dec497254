import type { importsEnglish } from '../strings/imports.ts';
import type { Translation } from '../strings.ts';

export const importsGerman = {
  importsStale: (count, isOne) => `${count} ${isOne ? 'Datei importiert' : 'Dateien importieren'} noch unter dem alten Namen. Diese Zeilen würden geändert zu:`,
  updateImports: 'Importe anpassen',
  importsUpdated: (count, isOne) => `Die Importe in ${count} ${isOne ? 'Datei' : 'Dateien'} wurden angepasst.`,
} as const satisfies Translation<typeof importsEnglish>;
