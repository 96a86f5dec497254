import { globSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { beforeAll, describe, expect, it } from 'vitest';

const folder = join(import.meta.dirname, '..');
const sdk = join(folder, '../sdk');

/**
 * What a page loads before it can draw: gzip, in kB of 1000 bytes, of an entry of the build and all that it imports at once.
 * Lower one when it has room; raise one only with a reason in the commit.
 */
const budgets: Readonly<Record<string, number>> = {
  sdk: 40,
  'define/all': 115.2, 'define/apps': 41.2, 'define/builder': 77.8, 'define/code': 21.4, 'define/conflict': 27.8, 'define/deploy-status': 47.3, 'define/editor': 64.8, 'define/file-tree': 31.2, 'define/find': 28.1, 'define/german': 10.9, 'define/history': 49.1,
  'define/logs': 52, 'define/metrics': 42.6, 'define/palette': 20.6, 'define/preview': 46, 'define/provider': 46, 'define/settings': 49.8, 'define/try': 54.5,
};
/** What comes when it is needed, all of it together: CodeMirror with Python, what the editor does with them, the client of the language servers and the sides of a conflict. */
const laterBudget = 206;

interface Measured { readonly first: number; readonly later: number; readonly inputs: readonly string[] }

async function measure(entry: string): Promise<Measured> {
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

describe('what a page loads', { timeout: 120_000 }, () => {
  const measured = new Map<string, Measured>();
  beforeAll(async () => {
    for (const [name, entry] of [['sdk', join(sdk, 'dist/index.js')], ...globSync('dist/define/*.js', { cwd: folder }).map((path) => [path.slice('dist/'.length, -'.js'.length), join(folder, path)])] as [string, string][]) measured.set(name, await measure(entry));
    console.log([...measured].map(([name, { first, later }]) => `${name}: ${first.toFixed(1)} kB${later > 0 ? `, later ${later.toFixed(1)}` : ''}`).join('\n'));
  });

  it('has a budget for each entry', () => {
    expect([...measured.keys()].toSorted()).toEqual(Object.keys(budgets).toSorted());
  });

  it('is within them', () => {
    expect([...measured].filter(([name, { first }]) => first > (budgets[name] ?? 0)).map(([name, { first }]) => `${name}: ${first.toFixed(1)} kB`)).toEqual([]);
  });

  it('brings CodeMirror later, and within its own', () => {
    for (const name of ['define/code', 'define/editor']) expect(measured.get(name)!.later, name).toBeLessThan(laterBudget);
  });

  it('has one copy of what may be there once only, and nothing that is too large to be there', () => {
    const { inputs } = measured.get('define/all')!;
    for (const once of ['lit-html/lit-html.js', '@codemirror/state/dist/index.js', '@codemirror/view/dist/index.js']) expect(inputs.filter((path) => path.endsWith(`node_modules/${once}`)), once).toHaveLength(1);
    expect(inputs.filter((path) => /node_modules\/(zod\/v4\/(classic|locales)|codemirror|monaco-editor)\//.test(path))).toEqual([]);
  });
});
