import type { builderEnglish } from '../strings/builder.ts';
import type { Translation } from '../strings.ts';

export const builderGerman = {
  builder: 'App-Werkstatt',
  aboutApp: 'Zur App',
  tabDeploy: 'Stand',
  tabTry: 'Anfrage',
  keyControl: 'Strg',
  keyShift: 'Umschalt',
  keyDelete: 'Entf',
  tabMetrics: 'Metriken',
  settings: 'Einstellungen',
  toggleFiles: 'Dateien zeigen oder verbergen',
  toggleSide: 'Leiste zeigen oder verbergen',
  palette: 'Befehle',
  paletteHint: 'Befehle (Strg+Umschalt+P)',
  palettePlaceholder: 'Befehl eingeben',
  goToFile: 'Zu Datei gehen',
  goToFilePlaceholder: 'Teil eines Pfads eingeben',
  showPanel: (name) => `${name} zeigen`,
  shortcuts: 'Tastenkürzel',
  replaceHere: 'In der Datei suchen und ersetzen',
  collapsePanel: 'Bereich verbergen oder zeigen',
  resizeKeys: 'Bereich breiter oder schmaler machen',
} as const satisfies Translation<typeof builderEnglish>;
