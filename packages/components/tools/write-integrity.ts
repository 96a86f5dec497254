import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Says in `integrity.json` what each module of the folder is, as `integrity` of a script tag and of an import map takes it. */
export function writeIntegrity(folder: string, version: string): void {
  const names = readdirSync(folder).filter((name) => name.endsWith('.js')).toSorted();
  const modules = Object.fromEntries(names.map((name) => [name, `sha384-${createHash('sha384').update(readFileSync(join(folder, name))).digest('base64')}`]));
  writeFileSync(join(folder, 'integrity.json'), `${JSON.stringify({ version, modules }, undefined, 2)}\n`);
}
