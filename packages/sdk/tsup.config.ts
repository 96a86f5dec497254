import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { defineConfig } from 'tsup';
import cli from './tsup.cli.config.ts';

/** ESM with libraries outside. Types come from `tsc` itself, which tsup cannot call in this version; without Node's, so that none of them gets in. */
const library = defineConfig({
  entry: { index: 'src/index.ts', 'contract/index': 'src/contract/index.ts', 'workspace/index': 'src/workspace/index.ts', 'portal/index': 'src/portal/index.ts' },
  format: 'esm', target: 'es2022', platform: 'neutral', splitting: true, clean: false, dts: false,
  async onSuccess() {
    const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');
    const { status } = spawnSync(process.execPath, [tsc, '-p', join(import.meta.dirname, 'tsconfig.build.json')], { stdio: 'inherit' });
    if (status !== 0) throw new Error('tsc made no types');
  },
});

export default [library, cli];
