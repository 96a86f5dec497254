import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createBundleFetcher, createController, createProcessRuntime, ProcessStartError } from '@fapi/runner-controller';
import { createMemoryBus } from '@fapi/runner-controller/work';
import { createClient, type FapiClient } from '@fapi/sdk';
import { createServer, ServerStartError } from '@fapi/server';
import { pino } from 'pino';
import { ConfigError, readConfig } from './config.ts';
import { mintEmbedToken } from './embed-token.ts';
import { servePage } from './page.ts';

/** The standalone site: server, controller and a small portal in one process; one agent and one gateway beside it. */
const root = fileURLToPath(new URL('../../../', import.meta.url));

try {
  await run();
} catch (error) {
  if (!(error instanceof ConfigError || error instanceof ProcessStartError || error instanceof ServerStartError)) throw error;
  console.error(error.message);
  process.exit(2);
}

async function run(): Promise<void> {
  const config = readConfig(process.env, root);
  const logger = pino({ name: 'fapi', level: process.env['FAPI_LOG_LEVEL'] ?? 'warn' }, pino.destination(2));
  const bus = createMemoryBus();
  let client: FapiClient | undefined;
  const folders = { page: join(root, 'examples/demo-site/dist'), embed: join(root, 'packages/components/dist/embed') };
  const server = await createServer({
    environment: { ...process.env, FAPI_PORT: String(config.port), FAPI_DATA_DIR: config.dataDir },
    appsPort: () => runtime.gatewayPort,
    bus,
    logger,
    middleware: [(ctx, next) => (client ? mintEmbedToken(client)(ctx, next) : next()), servePage(folders, 'http://*.localhost:*')],
  });
  const runtime = await createProcessRuntime({
    dataDir: config.dataDir,
    python: config.python,
    runnerDir: config.runnerDir,
    gateway: { port: config.gatewayPort, host: '127.0.0.1' },
    fetchBundle: (sha256, signal) => createBundleFetcher({ serverUrl: server.url, controllerKey: server.controllerKey })(sha256, signal),
    logger,
  });
  const controller = createController({ bus, runtime, logger });
  await server.listen();
  client = createClient({ baseUrl: server.url, apiKey: server.operatorKey });
  controller.start();
  announce(server.url, runtime.gatewayPort, runtime.describe().isolationLevel);

  let isStopping = false;
  const stop = async (): Promise<void> => {
    if (isStopping) return;
    isStopping = true;
    client?.close();
    await server.stopAccepting();
    await controller.close();
    await (config.keepRunners ? runtime.close() : runtime.shutdown());
    await server.close();
    process.exit(0);
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

function announce(url: string, gatewayPort: number, isolationLevel: number): void {
  if (process.env['FAPI_READY_LINE'] === '1') {
    console.log(JSON.stringify({ ready: true, url, gatewayPort, pid: process.pid }));
    return;
  }
  console.log(`\n  fapi is running: ${url}\n`);
  if (isolationLevel < 2) console.log('  Apps run without a sandbox here (isolation level ' + isolationLevel + ' of 3): deploy only code that you would run yourself.');
  console.log('  Ctrl-C ends it and every process it started.\n');
}
