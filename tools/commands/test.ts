import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../parts/paths.ts';
import { ensureBuild } from '../setup/build.ts';
import { ensureChromium, ensureFirefox, ensureFuzzer, ensureRunnerEnvironment, ensureTestParts, ensureWebKit } from '../setup/parts.ts';
import { ElsewhereError, SetupError } from '../setup/step.ts';
import { ensureKustomize } from '../setup/kustomize.ts';
import { ensureKubernetes, ensureTestCluster } from '../setup/test-cluster.ts';
import { ensureNodePackages, ensureNodePrograms } from '../setup/test-node.ts';
import { layGround } from '../test-ground.ts';
import { type Counts, runMypy, runOxlint, runPytest, runRuff, runRunnerTests, runSmoke, runTypes, runVitest, runWebTests, runWebTestsIn } from '../test-parts.ts';

interface Part { title: string; needs: readonly (() => Promise<unknown>)[]; run: () => Promise<Counts> }

const static_: readonly Part[] = [
  { title: 'types', needs: [], run: runTypes },
  { title: 'lint', needs: [], run: runOxlint },
];
/** Tables and pure rooms: nothing that starts a program. */
const quickTests = [
  'tools', ...['errors', 'paging', 'address', 'imports', 'retries'].map((name) => `packages/sdk/test/${name}.test.ts`), ...['files', 'deployment-table'].map((name) => `packages/server/test/${name}.test.ts`),
  ...['plan', 'progress', 'queue', 'status', 'teller'].map((name) => `packages/runner-controller/src/${name}.test.ts`),
];
/** `npm run test:kubernetes -- <files>` runs those files only. */
const files = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const kubernetes: readonly Part[] = [
  { title: 'Kubernetes control plane', needs: [ensureRunnerEnvironment, ensureTestParts, ensureKubernetes], run: () => runVitest('vitest.kubernetes.config.ts', files) },
];
/** The product's own images as pods of a real kubelet, containerd and runc. */
const node: readonly Part[] = [
  {
    title: 'Kubernetes, a real node', needs: [ensureNodePackages, ensureTestParts, () => ensureKustomize(), () => ensureTestCluster(), () => ensureNodePrograms()],
    // On the disk: a kubelet looks at what its own holds.
    run: () => runVitest('vitest.node.config.ts', files, {}),
  },
];
const quick: readonly Part[] = [
  ...static_,
  { title: 'node, without servers', needs: [], run: () => runVitest('vitest.config.ts', quickTests) },
];
const whole: readonly Part[] = [
  ...static_,
  { title: 'runner: ruff', needs: [ensureRunnerEnvironment], run: runRuff },
  { title: 'runner: mypy', needs: [ensureRunnerEnvironment, ensureTestParts], run: runMypy },
  { title: 'runner: pytest', needs: [ensureRunnerEnvironment], run: runRunnerTests },
  { title: 'node', needs: [ensureRunnerEnvironment, ensureTestParts], run: () => runVitest('vitest.config.ts', []) },
  ...kubernetes,
  { title: 'elements in Chromium', needs: [ensureChromium], run: runWebTests },
  { title: 'end to end, both shapes', needs: [ensureRunnerEnvironment, ensureTestParts, ensureChromium, ensureBuild], run: () => runVitest('vitest.e2e.config.ts', []) },
  { title: 'demo, smoke', needs: [], run: runSmoke },
];
/** A hundred rounds of kill -9, thousands of faulty files, every example of the documentation: about ten minutes. `FAPI_SEED` plays a round again. */
const slowRunner = (): ReturnType<typeof runPytest> => runPytest(['-m', 'slow', 'tests'], { FAPI_SLOW: '1' });
const slow: readonly Part[] = [
  { title: 'elements in Firefox', needs: [ensureFirefox], run: () => runWebTestsIn('firefox') },
  { title: 'elements in WebKit', needs: [ensureWebKit], run: () => runWebTestsIn('webkit') },
  { title: 'runner: kills and mutants', needs: [ensureRunnerEnvironment], run: slowRunner },
  { title: 'kill campaign, schema fuzzer, faults of Kubernetes', needs: [ensureRunnerEnvironment, ensureTestParts, ensureFuzzer, ensureBuild, ensureKubernetes], run: () => runVitest('vitest.slow.config.ts', []) },
  ...node,
];

const lanes = { '--quick': quick, '--node': node, '--slow': slow, '--kubernetes': kubernetes };
const parts = Object.entries(lanes).find(([flag]) => process.argv.includes(flag))?.[1] ?? whole;
const only = process.argv.find((argument) => argument.startsWith('--only='))?.slice('--only='.length);
const total: Counts = { passed: 0, failed: 0, skipped: 0 };
const lines: string[] = [];

// Compiled code (tools/run.mjs) of what tests run in folders of their own is under names that never come again.
await rm(join(root, '.cache/node'), { recursive: true, force: true });
const clearGround = await layGround();
try {
  for (const part of parts) {
    if (only && !part.title.startsWith(only)) continue;
    console.log(`\n== ${part.title}`);
    const startedAt = performance.now();
    const counts = await runPart(part);
    total.passed += counts.passed;
    total.failed += counts.failed;
    total.skipped += counts.skipped;
    lines.push(`${part.title}: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped (${((performance.now() - startedAt) / 1_000).toFixed(0)} s)`, ...(counts.failures ?? []).map((failure) => `  failed: ${failure}`));
  }
} finally {
  await clearGround();
}

console.log(`\n${lines.map((line) => `  ${line}`).join('\n')}\n`);
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exit(total.failed > 0 || total.passed === 0 ? 1 : 0);

/** A part that cannot be had is a named skip for a person, and a failure where CI=true, unless no machine of this kind can have it. */
async function runPart(part: Part): Promise<Counts> {
  try {
    for (const need of part.needs) await need();
    return await part.run();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    const isCi = process.env['CI'] === 'true' && !(error instanceof ElsewhereError);
    console.log(`${isCi ? 'FAILED' : 'SKIPPED'} ${part.title}: ${error.message}`);
    return isCi ? { passed: 0, failed: 1, skipped: 0 } : { passed: 0, failed: 0, skipped: 1 };
  }
}
