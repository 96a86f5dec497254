import { defineConfig } from 'tsup';

const shared = { format: 'esm', target: 'es2022', platform: 'browser', clean: false, dts: false } as const;

/** `dist/`: ESM with libraries outside, for portals with a bundler. `dist/embed/`: self-contained chunks, for pages without one. */
export default defineConfig([
  { ...shared, entry: ['src/index.ts', 'src/define/*.ts'], outDir: 'dist', splitting: true },
  { ...shared, entry: { fapi: 'src/define/all.ts' }, outDir: 'dist/embed', splitting: true, minify: true, noExternal: [/.*/], esbuildOptions: (options) => void (options.conditions = ['fapi-source']) },
]);
