import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { defineConfig, type Options } from 'tsup';
import cli from './tsup.cli.config.ts';

/**
 * The library is one module per source with its types, from `tsc` itself, which tsup cannot call in this version; without Node's types, so that none of them gets in.
 * Not bundled, because schemas are made by calls: a page would carry those of every route in a chunk, where it leaves out whole modules that it does not use.
 */
function emitLibrary(): void {
  const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');
  const { status } = spawnSync(process.execPath, [tsc, '-p', join(import.meta.dirname, 'tsconfig.build.json')], { stdio: 'inherit' });
  if (status !== 0) throw new Error('tsc made no modules');
}

export default defineConfig({ ...(cli as Options), onSuccess: async () => emitLibrary() });
