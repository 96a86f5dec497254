import type { expressionEnglish } from '../strings/expression.ts';
import type { Translation } from '../strings.ts';

export const expressionGerman = {
  expressionInvalid: 'Ungültiger regulärer Ausdruck',
  expressionWrong: (why) => `Ungültiger regulärer Ausdruck: ${why}`,
  expressionUnclosed: (part) => `„${part}“ wird nicht geschlossen`,
  expressionUnopened: (part) => `„${part}“ schließt nichts`,
  expressionNothing: (part) => `„${part}“ hat nichts zu wiederholen`,
  expressionOrder: (part) => `„${part}“ hat die falsche Reihenfolge`,
  expressionUnknown: (part) => `„${part}“ bedeutet nichts`,
  expressionLone: (part) => `vor „${part}“ fehlt ein „\\“`,
  expressionEnd: (part) => `er endet mit einem einzelnen „${part}“`,
} as const satisfies Translation<typeof expressionEnglish>;
