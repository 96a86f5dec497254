import type { importsEnglish } from '../strings/imports.ts';
import type { Translation } from '../strings.ts';

export const importsGerman = {
  importsStale: (count, isOne) => `Die Importe in ${count} ${isOne ? 'Datei' : 'Dateien'} ändern sich damit. Angepasst lauten die Zeilen:`,
  updateImports: 'Importe anpassen',
  importsUpdated: (count, isOne) => `Die Importe in ${count} ${isOne ? 'Datei' : 'Dateien'} wurden angepasst.`,
} as const satisfies Translation<typeof importsEnglish>;
