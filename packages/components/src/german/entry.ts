import type { entryEnglish } from '../strings/entry.ts';
import type { Translation } from '../strings.ts';

export const entryGerman = {
  entryGone: 'Die App startet aus main.py, und diese Datei fehlt.',
  restoreEntry: 'main.py wiederherstellen',
  makeEntry: (path) => `${path} in main.py umbenennen`,
  addEntry: 'Eine main.py hinzufügen',
} as const satisfies Translation<typeof entryEnglish>;
