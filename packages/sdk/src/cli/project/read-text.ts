import { readFile, stat } from 'node:fs/promises';

/** The text of a file. Folders come from others: a pipe or a device in the place of one would be read for ever, so that it is refused (`ENOTFILE`). */
export async function readText(path: string): Promise<string> {
  if (!(await stat(path)).isFile()) throw Object.assign(new Error(`${path} is no file`), { code: 'ENOTFILE' });
  return readFile(path, 'utf8');
}
