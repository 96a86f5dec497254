import { defineConfig } from 'tsup';

/** ESM with libraries outside. Types come from `tsc`, which tsup cannot call in this version. */
export default defineConfig({
  entry: { index: 'src/index.ts', 'contract/index': 'src/contract/index.ts', 'workspace/index': 'src/workspace/index.ts' },
  format: 'esm', target: 'es2022', platform: 'neutral', splitting: true, clean: false, dts: false,
});
