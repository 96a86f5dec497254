import { ensureRunnerEnvironment } from '../setup/parts.ts';
import { pythonPath } from '../parts/paths.ts';

/** The controller as a program of its own; its variables are in packages/runner-controller/README.md. */
if (!process.env['FAPI_PYTHON']) {
  await ensureRunnerEnvironment();
  process.env['FAPI_PYTHON'] = pythonPath();
}
await import('../../packages/runner-controller/src/main.ts');
