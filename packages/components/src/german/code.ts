import type { codeEnglish } from '../strings/code.ts';
import type { Translation } from '../strings.ts';

export const codeGerman = {
  plainCode: 'Der Editor lässt sich nicht laden: Dies ist ein einfaches Textfeld. Um es noch einmal zu versuchen, die Seite neu laden.',
} as const satisfies Translation<typeof codeEnglish>;
