import { ensureBuild } from '../setup/build.ts';
import { ensureRunnerEnvironment, ensureTestParts } from '../setup/parts.ts';
import { runVitest } from '../test-parts.ts';

/** `npm run test:kill -- [rounds]`: the whole kill campaign. `FAPI_SEED` plays a run again that has printed its seed. */
const rounds = Number(process.argv[2] ?? 100);
if (!Number.isInteger(rounds) || rounds < 8) {
  console.error('usage: npm run test:kill -- [rounds, at least 8]');
  process.exit(2);
}
process.env['FAPI_KILL_ROUNDS'] = String(rounds);
for (const ensure of [ensureRunnerEnvironment, ensureTestParts, ensureBuild]) await ensure();
const { passed, failed, skipped } = await runVitest('vitest.slow.config.ts', ['e2e/kill-campaign']);
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exit(failed > 0 || passed === 0 ? 1 : 0);
