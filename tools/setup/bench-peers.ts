import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../parts/paths.ts';
import { withLock } from './lock.ts';
import { digestFiles, isStamped, stamp, unstamp } from './stamp.ts';
import { lastWords, run, SetupError, step } from './step.ts';

const cwd = join(root, 'bench/peers');

/** Installs what the rows of the editor are measured beside, as `bench/peers/package-lock.json` names it. Apart from the other packages: Monaco is larger than all that the demo needs, and only the bench looks at it. */
export async function ensureBenchPeers(): Promise<void> {
  const digest = digestFiles(['bench/peers/package*.json']);
  const isThere = (): boolean => isStamped('bench-peers', digest) && existsSync(join(cwd, 'node_modules'));
  await withLock(`bench-peers ${root}`, async () => {
    if (isThere()) return;
    unstamp('bench-peers');
    await step('Installing Monaco and CodeMirror for the bench', async () => {
      const npm = process.env['npm_execpath'];
      const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--no-progress', '--loglevel=error'];
      const outcome = npm?.endsWith('.js') ? await run(process.execPath, [npm, ...args], { cwd }) : await run('npm', args, { cwd });
      if (outcome.code !== 0) throw new SetupError(`The peers of the editor's rows could not be installed: connect to a network (or set the registry in your npm configuration) and run the command again. npm's last words:\n${lastWords(outcome)}`);
    });
    stamp('bench-peers', digest);
  });
}
