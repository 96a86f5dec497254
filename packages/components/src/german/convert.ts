import type { convertEnglish } from '../strings/convert.ts';
import type { Translation } from '../strings.ts';

export const convertGerman = {
  convertTitle: 'In mehrere Dateien aufteilen',
  converting: 'Liest main.py und importiert dann die App, wie sie ist und wie sie wäre',
  convertSummary: (routes, isOne, files, isOneFile) => `Verschiebt ${routes} ${isOne ? 'Route' : 'Routen'} in ${files} neue ${isOneFile ? 'Datei' : 'Dateien'}.`,
  convertProved: 'Die API bleibt gleich: Beide Fassungen wurden importiert und verglichen.',
  convertApply: 'Aufteilen',
  convertAgain: 'Neu aufteilen',
  convertCancel: 'Abbrechen',
  convertClose: 'Schließen',
  convertCloseHint: 'Schließen, ohne etwas zu ändern (Esc)',
  convertChanged: 'Die Dateien haben sich seitdem geändert: Dieser Vorschlag ist veraltet.',
  convertKept: 'Bleibt in main.py',
  convertFilesList: 'Geänderte Dateien',
  convertRefusedTitle: 'Diese App lässt sich nicht aufteilen',
  convertRefusedText: 'Nichts wurde geändert. Das steht im Weg:',
  convertReasons: 'Gründe',
} as const satisfies Translation<typeof convertEnglish>;
