import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { root } from '../../tools/parts/paths.ts';
import { ensureBenchPeers } from '../../tools/setup/bench-peers.ts';

/** A file as a page is given it: packed beforehand, so that packing is no part of a figure. */
export interface Served { readonly body: Buffer; readonly type: string }

/** By what stands in the page's folder besides the page: `page.js`, where there is one `page.css`, and what they load. */
export type Bundle = ReadonlyMap<string, Served>;

const sources = {
  code: { page: 'bench/editor/pages/code.js' },
  editor: { page: 'bench/editor/pages/editor.js' },
  'code-mirror': { page: 'bench/peers/code-mirror.js' },
  monaco: { page: 'bench/peers/monaco.js', worker: 'bench/peers/monaco-worker.js' },
} as const satisfies Record<string, Record<string, string>>;
export type PageName = keyof typeof sources;

/** What stands in a page besides its script. */
export interface PageBody { readonly name: PageName; readonly html: string; readonly text: string }

const types: Readonly<Record<string, string>> = { '.js': 'text/javascript', '.css': 'text/css', '.ttf': 'font/ttf' };

/** Builds a page's script as a portal does: esbuild, from the packages as they are published, minified and split. */
export async function bundlePage(name: PageName): Promise<Bundle> {
  await ensureBenchPeers();
  const entryPoints = Object.entries(sources[name]).map(([out, path]) => ({ in: join(root, path), out }));
  const { outputFiles } = await build({ entryPoints, absWorkingDir: root, outdir: '/', write: false, bundle: true, splitting: true, minify: true, format: 'esm', target: 'es2022', platform: 'browser', loader: { '.ttf': 'file' }, logLevel: 'error' });
  return new Map(outputFiles.map(({ path, contents }) => [path.slice(1), { body: gzipSync(contents, { level: 9 }), type: types[/\.\w+$/.exec(path)?.[0] ?? ''] ?? 'application/octet-stream' }]));
}
