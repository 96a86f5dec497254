import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';
import base from './vitest.config.ts';

/** For whole systems. One at a time, unless most of what a file does is waiting: two cores do not carry two of them and honest deadlines. */
export const system: TestProjectInlineConfiguration = {
  ...base,
  test: { ...base.test, exclude: [...base.test!.exclude!, '**/*.slow.test.ts'], maxWorkers: 1, fileParallelism: false, testTimeout: 90_000, hookTimeout: 120_000 },
};
/** What holds times, or needs both cores at once. */
const alone = ['language', 'offline', 'large', 'preview'].map((name) => `e2e/browser/${name}.test.ts`);

/** Two pages beside each other, for a third of the time they wait for what they have started; then whatever ends or kills what it has started, alone. */
export default defineConfig({
  test: {
    projects: [
      { ...system, test: { ...system.test, name: 'pages', include: ['e2e/browser/*.test.ts'], exclude: [...system.test!.exclude!, ...alone], maxWorkers: 2, fileParallelism: true, sequence: { groupOrder: 1 } } },
      { ...system, test: { ...system.test, name: 'systems', include: ['e2e/*.test.ts', ...alone, 'packages/components/test/*.node.ts'], sequence: { groupOrder: 2 } } },
    ],
  },
});
