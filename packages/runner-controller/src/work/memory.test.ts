import { describeWorkBus } from './bus.suite.ts';
import { createMemoryBus } from './memory.ts';

describeWorkBus('memory', async (sessions) => {
  const bus = createMemoryBus(sessions && { sessions });
  return { connect: async () => bus, close: () => bus.close() };
});
