import { join } from 'node:path';
import { createBundleFetcher, createController, createEnvironmentFetcher, createProcessRuntime } from '@fapi/runner-controller';
import { createMemoryBus } from '@fapi/runner-controller/work';
import { createClient, type RuntimeFacts } from '@fapi/sdk';
import { createServer, type Middleware, readConfig as readServerConfig } from '@fapi/server';
import type { Logger } from 'pino';
import type { DemoConfig } from './config.ts';
import { mintEmbedToken } from './embed-token.ts';
import { servePage } from './page.ts';

export interface SiteOptions { config: DemoConfig; root: string; /** What the server reads for itself. */ environment: NodeJS.ProcessEnv; logger: Logger }

export interface Site {
  /** Starts part after part; rejects between two of them when `signal` fires. Call `stop` in any case. */
  start(signal: AbortSignal): Promise<{ url: string; gatewayPort: number; isolation: RuntimeFacts['isolation']; /** Resolves when it can do nothing any more. */ ended: Promise<Error> }>;
  /** Ends what was started, in the opposite order; resolves when it is gone. */
  stop(): Promise<void>;
}

/** Puts both programs into this process. */
export function createSite({ config, root, environment, logger }: SiteOptions): Site {
  const ends: (() => unknown)[] = [];
  return {
    async start(signal) {
      const bus = createMemoryBus();
      // Its client needs the server's address, which is known when that listens.
      let mint: Middleware = (_, next) => next();
      let gatewayPort = config.gateway.port;
      let level = 0;
      const server = await createServer({
        config: readServerConfig({ ...environment, FAPI_HOST: config.host, FAPI_PORT: String(config.port), FAPI_DATA_DIR: config.dataDir, FAPI_EMBED_DIR: join(root, 'packages/components/dist/embed') }),
        appsPort: () => gatewayPort,
        isolationLevel: () => level,
        bus,
        logger,
        middleware: [(ctx, next) => mint(ctx, next), servePage(join(root, 'examples/demo-site/dist'), 'http://*.localhost:*')],
      });
      ends.push(() => server.close());
      signal.throwIfAborted();
      const runtime = await createProcessRuntime({
        dataDir: config.dataDir,
        python: config.python,
        runnerDir: config.runnerDir,
        gateway: config.gateway,
        controlPlane: [`http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${config.port}`],
        // The address is known when the server listens, which is before anything is fetched.
        fetchBundle: (...asked) => createBundleFetcher({ serverUrl: server.url, controllerKey: server.controllerKey })(...asked),
        fetchEnvironment: (...asked) => createEnvironmentFetcher({ serverUrl: server.url, controllerKey: server.controllerKey })(...asked),
        logger,
      });
      ends.push(() => (config.keepRunners ? runtime.close() : runtime.shutdown()));
      gatewayPort = runtime.gatewayPort;
      const { isolation } = await runtime.describe();
      level = isolation.level;
      signal.throwIfAborted();
      const controller = createController({ bus, runtime, logger });
      ends.push(() => controller.close());
      await server.listen();
      ends.push(() => server.stopAccepting());
      const client = createClient({ baseUrl: server.url, apiKey: server.operatorKey });
      ends.push(() => client.close());
      mint = mintEmbedToken(client, logger);
      signal.throwIfAborted();
      controller.start();
      return { url: server.url, gatewayPort, isolation, ended: server.ended };
    },
    async stop() {
      for (const end of ends.splice(0).toReversed()) {
        try {
          await end();
        } catch (error) {
          // The parts below must still be ended.
          logger.error({ err: error }, 'a part did not end in order');
        }
      }
    },
  };
}
