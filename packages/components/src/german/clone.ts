import type { cloneEnglish } from '../strings/clone.ts';
import type { Translation } from '../strings.ts';

export const cloneGerman = {
  cloneName: (name) => `Kopie von ${name}`,
  cloneFrom: 'Aus',
  cloneVariables: 'Variablen',
  cloneNone: 'Keine',
  cloneKeys: 'Nur Namen',
  cloneValues: 'Mit Werten',
  cloneDeploy: 'Sofort veröffentlichen',
} as const satisfies Translation<typeof cloneEnglish>;
