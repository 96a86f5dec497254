import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { root } from '../parts/paths.ts';
import { ensureBuild } from '../setup/build.ts';
import { ensureRunnerEnvironment } from '../setup/parts.ts';
import { SetupError } from '../setup/step.ts';
import { smoke } from '../smoke.ts';

try {
  await ensureRunnerEnvironment();
  await ensureBuild();
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(error.message);
  process.exit(1);
}

if (process.argv.includes('--smoke')) process.exit(await smoke());
const site = spawn(process.execPath, ['--conditions=fapi-source', join(root, 'examples/demo-site/src/main.ts')], { cwd: root, stdio: 'inherit' });
// Ctrl-C reaches the site too, which ends everything it started; we only wait for it.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => site.kill('SIGTERM'));
site.on('exit', (code) => process.exit(code ?? 1));
