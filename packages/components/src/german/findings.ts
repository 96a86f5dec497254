import type { findingEnglish } from '../strings/findings.ts';
import type { Translation } from '../strings.ts';

export const findingGerman = {
  moreProblems: (count) => `und ${count} weitere`,
  severityError: 'Fehler',
  severityWarning: 'Warnung',
  severityInfo: 'Information',
  severityHint: 'Hinweis',
  project: 'Das Projekt',
  fixHint: 'Beheben (Strg+.)',
  place: (file, line) => `${file}:${line}`,
  openPlace: (place) => `Zu ${place} gehen`,
  mendEntry: 'Eine main.py wählen',
  addNamedVariable: (name) => `${name} in den Einstellungen anlegen`,
} as const satisfies Translation<typeof findingEnglish>;
