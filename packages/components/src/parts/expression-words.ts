import { addEnglish } from '../catalogues.ts';
import { faultOf } from '../expression-fault.ts';
import type { Strings } from '../strings.ts';
import { expressionEnglish } from '../strings/expression.ts';

addEnglish(expressionEnglish);

/** Why a regular expression is none. */
export function expressionWords(expression: string, strings: Strings): string {
  const found = faultOf(expression);
  if (!found) return strings.expressionInvalid;
  const { expressionUnclosed: unclosed, expressionUnopened: unopened, expressionNothing: nothing, expressionOrder: order, expressionUnknown: unknown, expressionLone: lone, expressionEnd: end } = strings;
  return strings.expressionWrong({ unclosed, unopened, nothing, order, unknown, lone, end }[found.fault](found.part));
}
