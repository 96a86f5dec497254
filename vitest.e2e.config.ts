import { defineConfig } from 'vitest/config';
import base from './vitest.config.ts';

/** Whole systems, one at a time: two cores do not carry two of them, with browsers and language servers, and honest deadlines. */
export default defineConfig({
  ...base,
  test: { ...base.test, include: ['e2e/**/*.test.ts', 'packages/components/test/*.node.ts'], exclude: [...base.test!.exclude!, '**/*.slow.test.ts'], maxWorkers: 1, fileParallelism: false, testTimeout: 90_000, hookTimeout: 120_000 },
});
