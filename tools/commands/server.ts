import { join } from 'node:path';
import { root } from '../parts/paths.ts';
import { ensureBuild } from '../setup/build.ts';

/** The server as a program of its own; its variables are in packages/server/README.md. */
if (!process.env['FAPI_EMBED_DIR']) {
  await ensureBuild();
  process.env['FAPI_EMBED_DIR'] = join(root, 'packages/components/dist/embed');
}
await import('../../packages/server/src/main.ts');
