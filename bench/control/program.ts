import { monitorEventLoopDelay } from 'node:perf_hooks';
import { connectNatsBus, createMemoryBus, type RunnerStatus } from '@fapi/runner-controller/work';
import { pino } from 'pino';
import { createServer } from '../../packages/server/src/index.ts';

/** What the bench asks of the server's process, and what it is told. */
export type Ask = { ask: 'status'; status: RunnerStatus } | { ask: 'delay' };
export type Told = { told: 'ready'; url: string; operatorKey: string } | { told: 'caught_up'; apps: number } | { told: 'delay'; p99Ms: number };

/** A server in a process of its own, so that its event loop is its own. Without NATS it is its own bus, as in the demo. */
const logger = pino({ level: 'silent' });
const natsUrl = process.env['FAPI_NATS_URL'];
const bus = natsUrl === undefined ? createMemoryBus() : await connectNatsBus({ url: natsUrl, logger });
const server = await createServer({ environment: process.env, bus, logger });
const tell = (told: Told): void => void process.send!(told);

const watch = async (): Promise<void> => {
  const seen = new Set<string>();
  for await (const word of bus.specs.watch(new AbortController().signal)) {
    if (word.kind === 'message') seen.add(word.value.appId);
    if (word.kind === 'caught_up') tell({ told: 'caught_up', apps: seen.size });
  }
};
void watch();
await server.listen();

const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
process.on('message', (ask: Ask) => {
  if (ask.ask === 'status') void bus.statuses.publish(ask.status);
  else {
    tell({ told: 'delay', p99Ms: delay.percentile(99) / 1e6 });
    delay.reset();
  }
});
process.on('disconnect', () => process.exit(0));
tell({ told: 'ready', url: server.url, operatorKey: server.operatorKey });
