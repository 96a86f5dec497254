import { monitorEventLoopDelay } from 'node:perf_hooks';
import { connectNatsBus, createMemoryBus, type RunnerStatus, type WorkBus } from '@fapi/runner-controller/work';
import { pino } from 'pino';
import { createServer, readConfig } from '../../packages/server/src/index.ts';

/** What the bench asks of the server's process, and what it is told. */
export type Ask = { ask: 'status'; status: RunnerStatus } | { ask: 'delay' };
export type Told = { told: 'ready'; url: string; operatorKey: string } | { told: 'caught_up'; apps: number } | { told: 'delay'; p99Ms: number };

/** A server in a process of its own, so that its event loop is its own. Without NATS it is its own bus, as in the demo. */
const logger = pino({ level: 'silent' });
const natsUrl = process.env['FAPI_NATS_URL'];
const bus = natsUrl === undefined ? createMemoryBus() : await connectNatsBus({ url: natsUrl, logger });
const tell = (told: Told): void => void process.send!(told);
const sent = new Set<string>();
const heard = new Set<string>();
let [isAllSent, isContent] = [false, false];
/** This server has said all and that it was all, and whoever follows has heard both. */
const tellWhenCaughtUp = (): void => {
  if (isAllSent && isContent && sent.isSubsetOf(heard)) tell({ told: 'caught_up', apps: heard.size });
};
/** The bus as the server has it, noted down: NATS keeps the words and the mark of the server before, and a follower alone would be content with those. */
const specs: WorkBus['specs'] = {
  watch: (signal) => bus.specs.watch(signal),
  publish(spec, signal) {
    sent.add(spec.appId);
    return bus.specs.publish(spec, signal);
  },
  async markComplete(signal) {
    await bus.specs.markComplete(signal);
    isAllSent = true;
    tellWhenCaughtUp();
  },
};
const server = await createServer({ config: readConfig(process.env), bus: { ...bus, specs }, logger });

const watch = async (): Promise<void> => {
  for await (const word of bus.specs.watch(new AbortController().signal)) {
    if (word.kind === 'message') heard.add(word.value.appId);
    if (word.kind === 'caught_up') isContent = true;
    if (isAllSent) tellWhenCaughtUp();
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
