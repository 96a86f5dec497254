import { isApiError } from '@fapi/sdk';
import type { ApiError } from '@fapi/sdk';
import { environmentLimits, isReservedName, variableName } from '@fapi/sdk/contract';
import type { Issue } from '@fapi/sdk/contract';
import { formatNumber } from '../../../format.ts';
import type { Strings } from '../../../strings.ts';
import type { EnvironmentInput } from './save-variables.ts';
import { keyOf } from './variable-list.ts';

/** What is wrong, by variable as `keyOf` has it; under the empty key what is wrong with all together. */
export type VariableProblems = ReadonlyMap<string, string>;

/** What a name breaks before anybody is asked. */
export function findNameProblem(name: string, strings: Strings): string | undefined {
  if (!variableName.test(name)) return strings.variableNameShape;
  return isReservedName(name) || name === '__proto__' ? strings.variableReserved(name) : undefined;
}

/** What the server has found, at the variables that were sent; none for another error. */
export function problemsOf(error: unknown, sent: readonly EnvironmentInput[], strings: Strings, locale: string): VariableProblems {
  const problems = new Map<string, string>();
  if (!isApiError(error, 'environment_invalid')) return problems;
  for (const issue of (error as ApiError).issues) {
    const [, index, part] = /^\/variables\/(\d+)\/(name|value)$/.exec(issue.path) ?? [];
    const variable = index === undefined ? undefined : sent[Number(index)];
    const key = variable ? keyOf(variable) : '';
    problems.set(key, [...(problems.has(key) ? [problems.get(key)!] : []), wordOf(issue, variable, part, strings, locale)].join(' '));
  }
  return problems;
}

function wordOf({ used, limit }: Issue, variable: EnvironmentInput | undefined, part: string | undefined, strings: Strings, locale: string): string {
  if (used !== undefined && limit !== undefined) {
    const word = part !== undefined ? strings.variableTooLarge : limit === environmentLimits.variables ? strings.variablesTooMany : strings.variablesTooLarge;
    return word(formatNumber(used, locale), formatNumber(limit, locale));
  }
  if (!variable) return strings.errorEnvironmentInvalidText;
  return part === 'name' ? findNameProblem(variable.name, strings) ?? strings.errorEnvironmentInvalidText : variable.value === undefined ? strings.variableNeedsValue : strings.variableCharacter;
}
