import { globSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const folder = join(import.meta.dirname, '..');

/**
 * What a page loads before it can draw: gzip, in kB of 1000 bytes, of an entry of the build and all that it imports at once.
 * Lower one when it has room; raise one only with a reason in the commit.
 */
export const budgets: Readonly<Record<string, number>> = {
  sdk: 40,
  'define/all': 113.5, 'define/apps': 40.5, 'define/builder': 77, 'define/code': 20.5, 'define/conflict': 27, 'define/deploy-status': 46.5, 'define/editor': 64, 'define/file-tree': 30.5, 'define/find': 27.5, 'define/german': 10, 'define/history': 48.5,
  'define/logs': 42.5, 'define/metrics': 42, 'define/palette': 20, 'define/preview': 45, 'define/provider': 46, 'define/settings': 46.5, 'define/try': 53.5,
};
/** What comes when it is needed, all of it together: CodeMirror with Python, what the editor does with them, the client of the language servers and the sides of a conflict. */
export const laterBudget = 206;

/** In kB; `inputs` are the modules that something is left of. */
export interface Measured { readonly first: number; readonly later: number; readonly inputs: readonly string[] }

/** By the names that the budgets have: every entry of the build, which must be there. */
export function findEntries(): ReadonlyMap<string, string> {
  return new Map([['sdk', join(folder, '../sdk/dist/index.js')], ...globSync('dist/define/*.js', { cwd: folder }).map((path) => [path.slice('dist/'.length, -'.js'.length), join(folder, path)] as const)]);
}

/** Bundles an entry as a portal does, and weighs it. */
export async function measureEntry(entry: string): Promise<Measured> {
  const { outputFiles, metafile } = await build({ entryPoints: [entry], absWorkingDir: folder, outdir: '/out', write: false, metafile: true, bundle: true, splitting: true, minify: true, format: 'esm', target: 'es2022', platform: 'browser', logLevel: 'silent' });
  const { outputs } = metafile;
  const first = new Set<string>();
  const follow = (path: string): void => {
    if (first.has(path)) return;
    first.add(path);
    for (const { path: imported, kind } of outputs[path]!.imports) if (kind === 'import-statement') follow(imported);
  };
  follow(Object.keys(outputs).find((path) => outputs[path]!.entryPoint !== undefined && join(folder, outputs[path]!.entryPoint!) === entry)!);
  const bytes = (paths: readonly string[]): number => paths.reduce((sum, path) => sum + gzipSync(outputFiles.find((file) => file.path === join(folder, path))!.contents, { level: 9 }).length, 0);
  return { first: bytes([...first]) / 1_000, later: bytes(Object.keys(outputs).filter((path) => !first.has(path))) / 1_000, inputs: Object.values(outputs).flatMap(({ inputs }) => Object.entries(inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([path]) => path)) };
}
