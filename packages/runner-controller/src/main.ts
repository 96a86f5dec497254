import { pino } from 'pino';
import { createBundleFetcher } from './bundles.ts';
import { createEnvironmentFetcher } from './environments.ts';
import { ConfigError, readConfig } from './config.ts';
import { createController } from './controller.ts';
import { createProcessRuntime } from './runtime/process/runtime.ts';
import { ProcessStartError } from './runtime/process/start-error.ts';
import { BusStartError, connectNatsBus } from './work/index.ts';

/** The controller as a program of its own, on NATS. The embedded shape composes the same parts in the demo site. */
try {
  await run();
} catch (error) {
  if (!(error instanceof ConfigError || error instanceof ProcessStartError || error instanceof BusStartError)) throw error;
  console.error(error.message);
  process.exit(2);
}

async function run(): Promise<void> {
  const config = readConfig(process.env);
  const logger = pino({ name: 'fapi-controller', level: config.logLevel }, pino.destination(2));
  const bus = await connectNatsBus({ url: config.natsUrl, logger });
  const runtime = await createProcessRuntime({ ...config, controlPlane: [config.serverUrl, ...config.natsUrl.split(',')], fetchBundle: createBundleFetcher(config), fetchEnvironment: createEnvironmentFetcher(config), logger });
  const controller = createController({ bus, runtime, logger });
  controller.start();
  console.log(JSON.stringify({ ready: true, gatewayPort: runtime.gatewayPort, pid: process.pid }));

  let isStopping = false;
  const stop = async (): Promise<void> => {
    if (isStopping) return;
    isStopping = true;
    await controller.close();
    await (config.keepRunners ? runtime.close() : runtime.shutdown());
    await bus.close();
    process.exit(0);
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}
