import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from 'tsup';

const script = join(import.meta.dirname, '../../packages/runner-controller/runner/fapi_runner/child/preview_script.py');

/** The portal's own script in one file, the page of all states in another, and their plain files beside them. */
export default defineConfig({
  entry: { portal: 'page/portal.ts', states: 'page/states.ts' }, outDir: 'dist', publicDir: 'page/static', format: 'esm', target: 'es2022', platform: 'browser', splitting: false, minify: true, dts: false, noExternal: [/.*/],
  esbuildOptions: (options) => void (options.conditions = ['fapi-source']),
  // The page that stands for an app says of itself what a real one does: the script is the runner's.
  async onSuccess() {
    const [, source] = /SOURCE = """([^]*?)"""/.exec(readFileSync(script, 'utf8'))!;
    writeFileSync(join(import.meta.dirname, 'dist/states-app.js'), `${source!.replace('ORIGINS', '["*"]')}\nif (location.search.includes('broken')) setTimeout(() => { throw new Error('no such thing'); });\n`);
  },
});
