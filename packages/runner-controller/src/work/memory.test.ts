import { describeWorkBus } from './bus.suite.ts';
import { createMemoryBus } from './memory.ts';

describeWorkBus('memory', async () => {
  const bus = createMemoryBus();
  return { connect: async () => bus, close: () => bus.close() };
});
