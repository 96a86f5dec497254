import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../parts/paths.ts';
import { digestFiles, isStamped, stamp, unstamp } from './stamp.ts';
import { lastWords, run, SetupError, step } from './step.ts';

const folders = ['packages/sdk', 'packages/components', 'examples/demo-site'];

/** Builds what pages load (the elements with the SDK inside) into `packages/components/dist`, when their sources changed. */
export async function ensureBuild(): Promise<void> {
  const digest = digestFiles(['packages/{sdk,components}/src/**/*', 'packages/{sdk,components}/*.{json,ts}', 'packages/components/scenes/**/*', 'packages/runner-controller/runner/fapi_runner/child/preview_script.py', 'examples/demo-site/page/**/*', 'examples/demo-site/tsup.config.ts', 'tsconfig.base.json', 'package-lock.json']);
  if (isStamped('build', digest) && folders.every((folder) => existsSync(join(root, folder, 'dist')))) return;
  unstamp('build');
  await step('Building the elements', async () => {
    for (const folder of folders) {
      const cwd = join(root, folder);
      await rm(join(cwd, 'dist'), { recursive: true, force: true });
      const outcome = await run(process.execPath, [join(root, 'node_modules/tsup/dist/cli-default.js')], { cwd });
      if (outcome.code !== 0) throw new SetupError(`Building ${folder} failed; its last words:\n${lastWords(outcome)}`);
    }
  });
  stamp('build', digest);
}
