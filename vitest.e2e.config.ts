import { defineConfig } from 'vitest/config';
import base from './vitest.config.ts';

/** Whole systems, two at a time: one keeps a core of two busy for half of its time. */
export default defineConfig({
  ...base,
  test: { ...base.test, include: ['e2e/**/*.test.ts', 'packages/components/test/*.node.ts'], exclude: [...base.test!.exclude!, '**/*.slow.test.ts'], maxWorkers: 2, testTimeout: 90_000, hookTimeout: 120_000 },
});
