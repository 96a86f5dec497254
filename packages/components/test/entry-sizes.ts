import { globSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const folder = join(import.meta.dirname, '..');

/**
 * What a page loads before it can draw: gzip, in kB of 1000 bytes, of an entry of the build and all that it imports at once.
 * Lower one when it has room; raise one only with a reason in the commit.
 * What each kB is for stands in the commit that raised it.
 */
export const budgets: Readonly<Record<string, number>> = {
  sdk: 18.9,
  'define/all': 95.2, 'define/apps': 30.8, 'define/builder': 76.2, 'define/code': 15.1, 'define/conflict': 20.9, 'define/convert': 21.4, 'define/deploy-status': 42.4, 'define/editor': 68.9, 'define/file-tree': 21.6, 'define/find': 21.3, 'define/german': 14.6, 'define/history': 40.7,
  'define/logs': 42.6, 'define/metrics': 32.1, 'define/palette': 15.8, 'define/preview': 37, 'define/provider': 26.8, 'define/settings': 44.2, 'define/try': 44,
};
/** What comes when it is needed, all of it together, panels and German too where an entry has them: CodeMirror with Python, what the editor does with them, the client of the language servers, the sides of a conflict, the files of a conversion, what finds the lines of routes, and the way to copy where a page may not. */
export const laterBudgets: Readonly<Record<string, number>> = { 'define/code': 168, 'define/editor': 232.6, 'define/builder': 301.1, 'define/all': 360.6 };

/** In kB; `inputs` are the modules that something is left of, `firstInputs` those of them that are loaded at once. */
export interface Measured { readonly first: number; readonly later: number; readonly inputs: readonly string[]; readonly firstInputs: readonly string[] }

/** By the names that the budgets have: every entry of the build, which must be there. */
export function findEntries(): ReadonlyMap<string, string> {
  return new Map([['sdk', join(folder, '../sdk/dist/index.js')], ...globSync('dist/define/*.js', { cwd: folder }).map((path) => [path.slice('dist/'.length, -'.js'.length), join(folder, path)] as const)]);
}

/** Bundles an entry as a portal does, and weighs it. */
export async function measureEntry(entry: string): Promise<Measured> {
  const { outputFiles, metafile } = await build({ entryPoints: [entry], absWorkingDir: folder, outdir: '/out', write: false, metafile: true, bundle: true, splitting: true, minify: true, format: 'esm', target: 'es2022', platform: 'browser', logLevel: 'silent' });
  const { outputs } = metafile;
  const reach = (path: string, kinds: readonly string[], reached = new Set<string>()): ReadonlySet<string> => {
    if (reached.has(path)) return reached;
    reached.add(path);
    for (const { path: imported, kind } of outputs[path]!.imports) if (kinds.includes(kind)) reach(imported, kinds, reached);
    return reached;
  };
  const from = Object.keys(outputs).find((path) => outputs[path]!.entryPoint !== undefined && join(folder, outputs[path]!.entryPoint!) === entry)!;
  const [first, all] = [reach(from, ['import-statement']), reach(from, ['import-statement', 'dynamic-import'])];
  const bytes = (paths: Iterable<string>): number => [...paths].reduce((sum, path) => sum + gzipSync(outputFiles.find((file) => file.path === join(folder, path))!.contents, { level: 9 }).length, 0) / 1_000;
  const inputsOf = (paths: Iterable<string>): string[] => [...paths].flatMap((path) => Object.entries(outputs[path]!.inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([input]) => input));
  return { first: bytes(first), later: bytes(all) - bytes(first), inputs: inputsOf(Object.keys(outputs)), firstInputs: inputsOf(first) };
}
