import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';

/** What a page loads, minified and compressed: kB of 1,000 bytes. Larger than this fails the build; raise a number only together with the reason. */
const budgets: readonly [entry: string, source: string, kilobytes: number][] = [
  ['the whole client', "export { createClient } from '@fapi/sdk'", 38],
  // 0.2 kB are for answers that are none of the server's: redirects, which would be followed with a secret in the body, and what never ends.
  // 0.8 kB of the client are its language sessions: a socket with the tokens of the client.
  // 1 kB of the client is what may be sent to an app that is tried. 1.5 kB of the store are the journal of what is typed and not saved; 0.9 kB lay what others have saved under it, with renames, and take that back.
  ['the client and the store behind the elements', "export { createClient } from '@fapi/sdk'; export { createWorkspace } from '@fapi/sdk/workspace'", 46.4],
  ['the store alone, whose client comes from elsewhere', "export { createWorkspace } from '@fapi/sdk/workspace'", 19],
  ['the errors alone', "export { isApiError, isTokenError } from '@fapi/sdk'", 0.45],
];

async function bundle(contents: string, conditions: readonly string[] = ['fapi-source']): Promise<{ text: string; inputs: string[] }> {
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir: import.meta.dirname, loader: 'ts' }, bundle: true, write: false, format: 'esm', minify: true, platform: 'browser', target: 'es2022', conditions: [...conditions], metafile: true, logLevel: 'silent',
  });
  return { text: outputFiles[0]!.text, inputs: Object.keys(metafile.inputs) };
}

describe('what a page loads', { timeout: 30_000 }, () => {
  it.each(budgets)('%s stays within its budget: %s in %d kB', async (_, source, kilobytes) => {
    const size = gzipSync((await bundle(source)).text, { level: 9 }).length / 1_000;
    expect(size, `${size.toFixed(1)} kB`).toBeLessThanOrEqual(kilobytes);
    // A budget that is far above what it bounds bounds nothing.
    expect(size, `${size.toFixed(1)} kB`).toBeGreaterThan(kilobytes * 0.85);
  });

  it.each(['@fapi/sdk', '@fapi/sdk/contract', '@fapi/sdk/workspace', '@fapi/sdk/portal'])('%s reaches nothing of Node, and one copy of each library', async (door) => {
    // A bundler for browsers fails on a module of Node.
    const { inputs } = await bundle(`export * from '${door}'`);
    expect(inputs.filter((path) => /^node:|cli\//.test(path))).toEqual([]);
    expect(new Set(inputs.flatMap((path) => /^(.*node_modules\/(?:ky|zod))\//.exec(path)?.[1] ?? [])).size).toBeLessThanOrEqual(2);
  });
});
