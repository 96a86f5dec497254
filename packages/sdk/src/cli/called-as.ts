import { basename, delimiter, dirname, resolve } from 'node:path';

/**
 * How to call this program again, from any folder: by its name where that is on PATH, else by its whole path. `npx fapi` is no way: outside of a clone it is a stranger's package.
 * `path` is the program as it was started; `bin/fapi` says its own in FAPI_CALLED_AS, because it starts another one.
 */
export function calledAs(path: string, { PATH = '' }: NodeJS.ProcessEnv): string {
  const whole = resolve(path);
  if (basename(whole) !== 'fapi') return `node ${quote(whole)}`;
  // npm puts node_modules/.bin before the PATH of what it starts; the shell that comes back has it not.
  const isFound = !whole.includes('/node_modules/.bin/') && PATH.split(delimiter).some((folder) => folder !== '' && resolve(folder) === dirname(whole));
  return isFound ? 'fapi' : quote(whole);
}

const quote = (path: string): string => (/^[\w./@+-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`);
