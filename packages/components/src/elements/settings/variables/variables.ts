import type { EnvironmentInput } from './save-variables.ts';
import type { Variable } from '@fapi/sdk/contract';

/** Where it is seen, as it is chosen. */
export const scopes = ['both', 'live', 'draft'] as const satisfies readonly Variable['scope'][];

/** Two may share a name when one is for what is live and the other for drafts. */
export const isSamePlace = (a: Pick<Variable, 'name' | 'scope'>, b: Pick<Variable, 'name' | 'scope'>): boolean => a.name === b.name && (a.scope === b.scope || a.scope === 'both' || b.scope === 'both');

/** The whole environment with these in it, in place of those of the same name and scope; what is secret keeps its value without being named. */
export function withVariables(known: readonly Variable[], added: readonly EnvironmentInput[]): EnvironmentInput[] {
  return [...known.filter((one) => !added.some((other) => isSamePlace(one, other))), ...added].toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

export const withoutVariable = (known: readonly Variable[], gone: Pick<Variable, 'name' | 'scope'>): EnvironmentInput[] => known.filter(({ name, scope }) => name !== gone.name || scope !== gone.scope);
