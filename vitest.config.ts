import { defineConfig } from 'vitest/config';

/** Node tests; elements run in a real browser through web-test-runner.config.mjs. */
export default defineConfig({
  // Not "import": vitest hands these to Node, where they would hold for require() too.
  resolve: { conditions: ['fapi-source', 'node'] },
  ssr: { resolve: { conditions: ['fapi-source', 'node'] } },
  test: {
    include: ['packages/{sdk,server,runner-controller}/src/**/*.test.ts', 'packages/{sdk,server,runner-controller}/test/**/*.test.ts', 'examples/**/*.test.ts', 'tools/**/*.test.ts', 'bench/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**', 'tools/test-cluster/**'],
    execArgv: ['--conditions=fapi-source'],
    testTimeout: 20_000,
    hookTimeout: 60_000,
    // On two cores: a third of the time a file waits for what it has started, or for a limit of the product to pass.
    maxWorkers: 3,
    // On a shared CI machine one of five thousand may miss its time; tools/second-tries.ts names it at the end.
    retry: process.env['CI'] === 'true' ? 1 : 0,
  },
});
