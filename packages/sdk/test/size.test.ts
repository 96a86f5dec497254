import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';

/** What a page loads, minified and compressed: kB of 1,000 bytes, at once and beside its first request. Larger than this fails the build; raise a number only together with the reason. */
const budgets: readonly [entry: string, source: string, atOnce: number, later: number][] = [
  // Later comes what reads answers: zod and the schemas of all routes.
  // 0.2 kB are for answers that are none of the server's: redirects, which would be followed with a secret in the body, and what never ends.
  // 0.8 kB of the client are its language sessions: a socket with the tokens of the client.
  // 0.15 kB read the lines that a stream has skipped, and know which were told, for some come late.
  ['the whole client', "export { createClient } from '@fapi/sdk'", 18.25, 21.9],
  // 1.5 kB of the store are the journal of what is typed and not saved; 0.9 kB lay what others have saved under it, with renames, and take that back; 1.5 kB are a conversion that is proposed and taken, who else is here, changes of many files as one, and how much of the output is kept; 0.6 kB move what was found along with what is typed; 0.1 kB ask seldom after an app that is gone and a page that is refused; 0.5 kB are for text that outlives its client, is kept for sure and waits for a proxy too, and 0.3 kB for its jobs in files of their own.
  ['the client and the store behind the elements', "export { createClient } from '@fapi/sdk'; export { createWorkspace } from '@fapi/sdk/workspace'", 30.1, 21.9],
  ['the store alone, whose client comes from elsewhere', "export { createWorkspace } from '@fapi/sdk/workspace'", 12.9, 0],
  ['the errors alone', "export { isApiError, isTokenError } from '@fapi/sdk'", 0.68, 0],
];

interface Bundle { readonly atOnce: number; readonly later: number; readonly inputs: readonly string[] }

async function bundle(contents: string): Promise<Bundle> {
  const { outputFiles, metafile: { inputs, outputs } } = await build({
    stdin: { contents, resolveDir: import.meta.dirname, loader: 'ts' }, bundle: true, splitting: true, write: false, outdir: '/out', absWorkingDir: '/', format: 'esm', minify: true, platform: 'browser', target: 'es2022', conditions: ['fapi-source'], metafile: true, logLevel: 'silent',
  });
  const reach = (path: string, kinds: readonly string[], reached = new Set<string>()): ReadonlySet<string> => {
    if (reached.has(path)) return reached;
    reached.add(path);
    for (const { path: next, kind } of outputs[path]!.imports) if (kinds.includes(kind)) reach(next, kinds, reached);
    return reached;
  };
  const bytes = (paths: Iterable<string>): number => [...paths].reduce((sum, path) => sum + gzipSync(outputFiles.find((file) => file.path === `/${path}`)!.contents, { level: 9 }).length, 0) / 1_000;
  const entry = Object.keys(outputs).find((path) => outputs[path]!.entryPoint === '<stdin>')!;
  const [first, all] = [reach(entry, ['import-statement']), reach(entry, ['import-statement', 'dynamic-import'])];
  return { atOnce: bytes(first), later: bytes(all) - bytes(first), inputs: Object.keys(inputs) };
}

describe('what a page loads', { timeout: 30_000 }, () => {
  it.each(budgets)('%s stays within its budget: %s in %d kB, and %d kB later', async (_, source, ...budget) => {
    const { atOnce, later } = await bundle(source);
    for (const [size, kilobytes] of [[atOnce, budget[0]], [later, budget[1]]] as const) {
      expect(size, `${size.toFixed(1)} kB`).toBeLessThanOrEqual(kilobytes);
      // A budget that is far above what it bounds bounds nothing.
      expect(size, `${size.toFixed(1)} kB`).toBeGreaterThanOrEqual(kilobytes * 0.85);
    }
  });

  it.each(['@fapi/sdk', '@fapi/sdk/contract', '@fapi/sdk/workspace', '@fapi/sdk/dotenv', '@fapi/sdk/portal'])('%s reaches nothing of Node, and one copy of each library', async (door) => {
    // A bundler for browsers fails on a module of Node.
    const { inputs } = await bundle(`export * from '${door}'`);
    expect(inputs.filter((path) => /^node:|cli\//.test(path))).toEqual([]);
    expect(new Set(inputs.flatMap((path) => /^(.*node_modules\/(?:ky|zod))\//.exec(path)?.[1] ?? [])).size).toBeLessThanOrEqual(2);
  });
});
