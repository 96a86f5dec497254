import { defineConfig } from 'vitest/config';
import base from './vitest.slow.config.ts';

/** On a real node, which only root on Linux can have. */
export default defineConfig({
  ...base,
  test: { ...base.test, include: ['e2e/node/*.slow.test.ts'], exclude: ['**/node_modules/**'], hookTimeout: 900_000 },
});
