import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { esbuildPlugin } from '@web/dev-server-esbuild';
import { chromeLauncher } from '@web/test-runner-chrome';

const isRoot = process.getuid?.() === 0;

/** Counts for tools/test-parts.ts; a file that did not load, or an error outside of a test, is a failure of its own. */
const countingReporter = {
  onTestRunFinished({ sessions }) {
    const counts = { passed: 0, failed: 0, skipped: 0 };
    const walk = (suite) => {
      for (const test of suite.tests) counts[test.skipped ? 'skipped' : test.passed ? 'passed' : 'failed'] += 1;
      for (const inner of suite.suites) walk(inner);
    };
    for (const session of sessions) {
      if (session.testResults) walk(session.testResults);
      if (!session.testResults || session.errors.length > 0) counts.failed += 1;
    }
    if (process.env.FAPI_TEST_REPORT) writeFileSync(process.env.FAPI_TEST_REPORT, JSON.stringify(counts));
  },
};

export default {
  files: 'packages/components/{src,test}/**/*.test.ts',
  nodeResolve: { exportConditions: ['fapi-source', 'browser', 'default'], browser: true },
  concurrency: 2,
  plugins: [esbuildPlugin({ ts: true, target: 'es2022' })],
  browsers: [chromeLauncher({
    concurrency: 2,
    launchOptions: {
      executablePath: process.env.FAPI_TEST_CHROMIUM ?? '/usr/bin/chromium',
      userDataDir: mkdtempSync(join(tmpdir(), 'fapi-chromium-')),
      args: ['--headless', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', ...(isRoot ? ['--no-sandbox'] : [])],
    },
  })],
  reporters: [(await import('@web/test-runner')).defaultReporter({ reportTestProgress: false }), countingReporter],
  testFramework: { config: { timeout: 10_000 } },
};
