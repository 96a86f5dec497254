import type { FileMove } from '../../../editor/language/types.ts';

const identifier = /^[\p{L}_][\p{L}\p{N}_]*$/u;

/** The name that other files import a file by; undefined for what is no module. */
export function moduleOf(path: string): string | undefined {
  const names = path.replace(/(?:\/__init__)?\.py$/, '').split('/');
  return path.endsWith('.py') && names.every((name) => identifier.test(name)) ? names.join('.') : undefined;
}

/** What the dots of a relative import in this file begin at; empty is the root. */
export function packageOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/'))).replaceAll('/', '.');
}

/** By the old name of each module, the new one. */
export function movedModules(moves: readonly FileMove[]): ReadonlyMap<string, string> {
  return new Map(moves.flatMap(({ from, to }) => {
    const [before, after] = [moduleOf(from), moduleOf(to)];
    return before === undefined || after === undefined || before === after ? [] : [[before, after] as const];
  }));
}

export const parentOf = (module: string): string => module.slice(0, Math.max(0, module.lastIndexOf('.')));
export const lastOf = (module: string): string => module.slice(module.lastIndexOf('.') + 1);

/** The module that `from …` names in a package; undefined where its dots lead out of the app. */
export function absoluteOf(written: string, inPackage: string): string | undefined {
  const dots = /^\.*/.exec(written)![0].length;
  if (dots === 0) return written;
  const names = inPackage === '' ? [] : inPackage.split('.');
  if (dots > names.length) return undefined;
  return [...names.slice(0, names.length - dots + 1), ...written.slice(dots).split('.').filter(Boolean)].join('.');
}

/** With dots, as it was written before; without where they would lead out of the package at the top. */
export function relativeOf(module: string, inPackage: string): string {
  const [to, from] = [module === '' ? [] : module.split('.'), inPackage === '' ? [] : inPackage.split('.')];
  let common = 0;
  while (common < to.length && common < from.length && to[common] === from[common]) common += 1;
  return common === 0 ? module : '.'.repeat(from.length - common + 1) + to.slice(common).join('.');
}
