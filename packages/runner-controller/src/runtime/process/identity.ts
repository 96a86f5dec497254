import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The same digest that `fapi_runner.stack.compute_identity` makes: an agent of other code or another lock is not ours to adopt. */
export function computeRunnerIdentity(runnerDir: string): string {
  const files = globSync('fapi_runner/**/*.py', { cwd: runnerDir }).map((path) => path.split('/')).toSorted(compareParts).map((parts) => parts.join('/'));
  return digest(runnerDir, [...files, 'requirements.txt']);
}

/** The gateway runs from source: its own room and the rooms it imports. One that is to listen elsewhere, or is told something else, is another one. */
export function computeGatewayIdentity(sourceDir: string, { host, environment = {} }: { host: string; environment?: Readonly<Record<string, string>> }): string {
  return JSON.stringify([host, environment]) + digest(sourceDir, globSync(['gateway/**/*.ts', 'agent/*.ts', 'program/*.ts', 'proxies/*.ts'], { cwd: sourceDir, exclude: (name) => name.endsWith('.test.ts') || name.endsWith('test-parts') }).toSorted());
}

function digest(folder: string, files: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of files) hash.update(`${file}\0`).update(createHash('sha256').update(readFileSync(join(folder, file))).digest());
  return hash.digest('hex');
}

/** Paths sort part by part, as Python's do. */
function compareParts(a: readonly string[], b: readonly string[]): number {
  for (let at = 0; at < Math.min(a.length, b.length); at++) if (a[at] !== b[at]) return a[at]! < b[at]! ? -1 : 1;
  return a.length - b.length;
}
