import { defineConfig } from 'vitest/config';

/** Node tests; elements run in a real browser through web-test-runner.config.mjs. */
export default defineConfig({
  resolve: { conditions: ['fapi-source'] },
  ssr: { resolve: { conditions: ['fapi-source'] } },
  root: '/work/main', test: {
    include: ['packages/server/test/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    execArgv: ['--conditions=fapi-source'],
    testTimeout: 20_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
});
