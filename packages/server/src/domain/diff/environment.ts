import type { Diff } from '@fapi/sdk/contract';
import type { PlainVariable } from '../environments/environment.ts';
import { compareNames } from './names.ts';

/** Names only: that a value is another one is told, no value is. */
export function compareEnvironments(from: readonly PlainVariable[], to: readonly PlainVariable[]): Diff['environment'] {
  const byName = (variables: readonly PlainVariable[]): Map<string, PlainVariable[]> => Map.groupBy(variables, ({ name }) => name);
  return { isKnown: true, ...compareNames(byName(from), byName(to), (variables) => JSON.stringify(variables.map(({ scope, secret, value }) => [scope, secret, value]).toSorted())) };
}
