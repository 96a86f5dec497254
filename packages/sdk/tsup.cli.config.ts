import { defineConfig } from 'tsup';

/** The command line: one file with all that it needs, so that it starts fast and nothing of it is in what pages load. */
export default defineConfig({ name: 'cli', entry: { 'cli/main': 'src/cli/main.ts' }, format: 'esm', target: 'node22', platform: 'node', splitting: false, clean: false, dts: false, noExternal: [/.*/] });
