import { afterAll, beforeAll } from 'vitest';
import { type NatsServer, startNats } from '../../../../tools/parts/nats.ts';
import { describeWorkBus } from './bus.suite.ts';
import type { WorkBus } from './bus.ts';
import { connectNatsBus } from './nats.ts';

let nats: NatsServer;
let count = 0;
beforeAll(async () => {
  nats = await startNats();
});
afterAll(() => nats?.stop());

describeWorkBus('NATS JetStream', async (sessions) => {
  const prefix = `test${++count}`;
  const parties: WorkBus[] = [];
  return {
    async connect() {
      const bus = await connectNatsBus({ url: nats.url, prefix, ...(sessions && { sessions }) });
      parties.push(bus);
      return bus;
    },
    async close() {
      await Promise.all(parties.map((party) => party.close()));
    },
  };
});
