import { BusStartError, connectNatsBus } from '@fapi/runner-controller/work';
import { pino } from 'pino';
import { ConfigError, readConfig } from './config.ts';
import { createServer, ServerStartError } from './server.ts';

/** The server as a program of its own, on NATS. The embedded shape composes the same parts in the demo site. */
try {
  await run();
} catch (error) {
  if (!(error instanceof ConfigError || error instanceof ServerStartError || error instanceof BusStartError)) throw error;
  console.error(error.message);
  process.exit(2);
}

async function run(): Promise<void> {
  const config = readConfig(process.env);
  if (config.natsUrl === undefined) throw new ConfigError('FAPI_NATS_URL is not set: give it the address of NATS, such as nats://nats:4222 (without NATS, start the demo site, which runs server and controller in one process).');
  const logger = pino({ name: 'fapi-server', level: config.logLevel }, pino.destination(2));
  const bus = await connectNatsBus({ url: config.natsUrl, logger });
  const server = await createServer({ config, bus, logger });
  await server.listen();
  console.log(JSON.stringify({ ready: true, url: server.url, pid: process.pid }));

  let isStopping = false;
  const stop = async (code: 0 | 1): Promise<void> => {
    if (isStopping) return;
    isStopping = true;
    await server.close();
    await bus.close();
    process.exit(code);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop(0));
  // Whoever keeps it running starts it again, and the database is opened anew.
  void server.ended.then(({ message }) => {
    console.error(message);
    return stop(1);
  });
}
