import { defineConfig } from 'tsup';

/** The portal's own script in one file, and its plain files beside it. */
export default defineConfig({
  entry: { portal: 'page/portal.ts' }, outDir: 'dist', publicDir: 'page/static', format: 'esm', target: 'es2022', platform: 'browser', splitting: false, minify: true, dts: false, noExternal: [/.*/],
  esbuildOptions: (options) => void (options.conditions = ['fapi-source']),
});
