import { defineConfig } from 'vitest/config';
import base from './vitest.e2e.config.ts';

/** On a real control plane: each file starts its own (3 s), or uses the one that `FAPI_TEST_KUBECONFIG` names. What runs apps there, and what breaks it on purpose, is slow: vitest.slow.config.ts. */
export default defineConfig({
  ...base,
  test: { ...base.test, maxWorkers: 2, fileParallelism: true, include: ['packages/runner-controller/test-kubernetes/**/*.test.ts', 'tools/test-cluster/*.test.ts'], exclude: ['**/node_modules/**', '**/dist/**', '**/*.slow.test.ts'] },
});
