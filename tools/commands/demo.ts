import { spawn } from 'node:child_process';
import { constants } from 'node:os';
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
// The site ends everything it started, and we wait for it. A terminal tells it too; being told twice does no harm.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => site.kill(signal));
site.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal!]));
