import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { defineConfig } from 'tsup';
import { version } from './src/version.ts';
import { writeIntegrity } from './tools/write-integrity.ts';

/**
 * `dist/embed/`: self-contained chunks, for pages without a bundler, and their hashes.
 * `dist/`: one module per source with its types, from `tsc` itself. Not bundled, because shared chunks would take the `define` calls out of the files that `sideEffects` names.
 */
export default defineConfig({
  entry: { fapi: 'src/define/all.ts' }, outDir: 'dist/embed', format: 'esm', target: 'es2022', platform: 'browser', splitting: true, minify: true, clean: false, dts: false, noExternal: [/.*/],
  // Chunks are evaluated in an order of esbuild's own: in the one of Lit, what looks at how it fares comes before it.
  esbuildPlugins: [{
    name: 'lit-check',
    setup: ({ onLoad }) => void onLoad({ filter: /[\\/]lit-html[\\/](?:development[\\/])?lit-html\.js$/ }, async ({ path }) => ({ contents: `import ${JSON.stringify(join(import.meta.dirname, 'src/lit-check.ts'))};\n${await readFile(path, 'utf8')}`, resolveDir: dirname(path) })),
  }],
  esbuildOptions: (options) => void (options.conditions = ['fapi-source']),
  async onSuccess() {
    writeIntegrity(join(import.meta.dirname, 'dist/embed'), version);
    const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');
    const { status } = spawnSync(process.execPath, [tsc, '-p', join(import.meta.dirname, 'tsconfig.build.json')], { stdio: 'inherit' });
    if (status !== 0) throw new Error('tsc made no modules');
  },
});
