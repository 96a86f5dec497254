import { defineConfig } from 'vitest/config';
import base from './vitest.e2e.config.ts';

/** What takes minutes, one at a time: under 20 on two cores, all of it. `FAPI_SEED` replays what a run printed. */
export default defineConfig({
  ...base,
  test: { ...base.test, include: ['e2e/**/*.slow.test.ts', 'packages/runner-controller/test-kubernetes/*.slow.test.ts'], exclude: ['**/node_modules/**', '**/dist/**', 'e2e/node/**'], maxWorkers: 1, fileParallelism: false, testTimeout: 600_000, hookTimeout: 180_000 },
});
