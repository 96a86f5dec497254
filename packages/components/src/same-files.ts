import type { AppFile } from '@fapi/sdk/contract';

/** Is it the same draft? In which order its files stand says nothing: a server has its own. */
export function areSame(some: readonly AppFile[], others: readonly AppFile[]): boolean {
  const contents = new Map(others.map(({ path, content }) => [path, content]));
  return some.length === others.length && some.every(({ path, content }) => contents.get(path) === content);
}
