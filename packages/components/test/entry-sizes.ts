import { globSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const folder = join(import.meta.dirname, '..');

/**
 * What a page loads before it can draw: gzip, in kB of 1000 bytes, of an entry of the build and all that it imports at once.
 * Lower one when it has room; raise one only with a reason in the commit.
 * Raised last, in each, by half a kB for what a person arranged, kept for each subject apart, and the stages and end of a deploy, told by whichever element sees them; by 1.1 for pages that are hostile: 0.7 to set anew what is inherited and to stay a box, 0.4 to say that Lit is refused. By up to 0.5 since: what is a box again can be hidden, whoever is refused Lit is told of what comes later, and what somebody changes before it is known who they are is laid over their own. By up to 0.6 then: what a reload brings back, and what is said of an editor that cannot be loaded, of a conflict with oneself, of a stage that runs. By up to 0.5 then, in the list of logs: lines that wrap; 0.2 in what speaks to a server: whether it refuses the page. The questions of the tree of files come later since. By up to 0.4 for a deleted app that is restored, a full disk that is asked again and a deploy that did not go out. By up to 0.4 for what is copied, that says so and is shown where it may not be; by 0.9 for a list of apps that is never given up, and 1.6 for variables that are typed and not lost, and the way back of an app that is deleted.
 */
export const budgets: Readonly<Record<string, number>> = {
  sdk: 19.7,
  'define/all': 92.2, 'define/apps': 30.4, 'define/builder': 73.9, 'define/code': 14.7, 'define/conflict': 20.1, 'define/convert': 21.1, 'define/deploy-status': 40.7, 'define/editor': 65.8, 'define/file-tree': 21.1, 'define/find': 21.1, 'define/german': 14, 'define/history': 39.4,
  'define/logs': 41, 'define/metrics': 30.8, 'define/palette': 15.6, 'define/preview': 35.6, 'define/provider': 26.2, 'define/settings': 41, 'define/try': 42.7,
};
/** What comes when it is needed, all of it together: CodeMirror with Python, what the editor does with them, the client of the language servers, the sides of a conflict, the files of a conversion, what finds the lines of routes, and the way to copy where a page may not. */
export const laterBudget = 231.6;

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
