import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { esbuildPlugin } from '@web/dev-server-esbuild';
import { chromeLauncher } from '@web/test-runner-chrome';

const isRoot = process.getuid?.() === 0;

/** Counts of each file for tools/test-parts.ts; a file that did not load, or an error outside of a test, is a failure of its own. */
const countingReporter = {
  onTestRunFinished({ sessions }) {
    if (process.env.FAPI_TEST_REPORT) writeFileSync(process.env.FAPI_TEST_REPORT, JSON.stringify(sessions.map(countSession)));
  },
};

function countSession({ group, testFile, testResults, errors }) {
  const counts = { group: group.name, file: testFile, passed: 0, failed: 0, skipped: 0, failures: [] };
  const walk = (suite) => {
    for (const test of suite.tests) {
      counts[test.skipped ? 'skipped' : test.passed ? 'passed' : 'failed'] += 1;
      if (!test.skipped && !test.passed) counts.failures.push(`${suite.name} ${test.name}: ${test.error?.message.split('\n', 1)[0] ?? ''}`);
    }
    for (const inner of suite.suites) walk(inner);
  };
  if (testResults) walk(testResults);
  if (!testResults || errors.length > 0) {
    counts.failed += 1;
    counts.failures.push(`${testFile}: ${errors[0]?.message ?? 'did not load'}`);
  }
  return counts;
}

const launchChromium = (...flags) => chromeLauncher({
  concurrency: 1,
  launchOptions: {
    executablePath: process.env.FAPI_TEST_CHROMIUM ?? '/usr/bin/chromium',
    userDataDir: mkdtempSync(join(tmpdir(), 'fapi-chromium-')),
    args: ['--headless', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', ...flags, ...(isRoot ? ['--no-sandbox'] : [])],
  },
});
/** The looks that a reader's system asks for: what one test file says of every state is held in each of them. */
const look = (name, ...flags) => ({ name, files: 'packages/components/test/*.look.ts', browsers: [launchChromium(...flags)], testRunnerHtml: (framework) => `<!doctype html><html lang="en" data-look="${name}"><body><script type="module" src="${framework}"></script></body></html>` });

export default {
  files: 'packages/components/{src,test}/**/*.test.ts',
  groups: [look('light'), look('dark', '--force-dark-mode', '--force-prefers-reduced-motion'), look('forced', '--force-high-contrast'), look('forced-dark', '--force-high-contrast', '--force-dark-mode')],
  nodeResolve: { exportConditions: ['fapi-source', 'browser', 'default'], browser: true },
  // One page at a time: only the tab in front has the focus and draws.
  concurrency: 1,
  plugins: [esbuildPlugin({ ts: true, target: 'es2022' })],
  browsers: [launchChromium()],
  // All scenes of a look are one file.
  testsFinishTimeout: 400_000,
  reporters: [(await import('@web/test-runner')).defaultReporter({ reportTestProgress: false }), countingReporter],
  testFramework: { config: { timeout: 30_000 } },
};
