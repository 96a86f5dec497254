import { type Logger, pino } from 'pino';
import { createBundleFetcher } from './bundles.ts';
import { createEnvironmentFetcher } from './environments.ts';
import { ConfigError, type ControllerConfig, readConfig } from './config.ts';
import { createController } from './controller.ts';
import { KubernetesStartError } from './runtime/kubernetes/start-error.ts';
import { createProcessRuntime } from './runtime/process/runtime.ts';
import type { Runtime } from './runtime/runtime.ts';
import { ProcessStartError } from './runtime/process/start-error.ts';
import { BusStartError, connectNatsBus } from './work/index.ts';

/** The controller as a program of its own, on NATS. The embedded shape composes the same parts in the demo site. */
try {
  await run();
} catch (error) {
  if (!(error instanceof ConfigError || error instanceof ProcessStartError || error instanceof BusStartError || error instanceof KubernetesStartError)) throw error;
  console.error(error.message);
  process.exit(2);
}

async function run(): Promise<void> {
  const config = readConfig(process.env);
  const logger = pino({ name: 'fapi-controller', level: config.logLevel }, pino.destination(2));
  const bus = await connectNatsBus({ url: config.natsUrl, logger });
  const { runtime, leave, ready } = await openRuntime(config, logger);
  const controller = createController({ bus, runtime, logger });
  controller.start();
  console.log(JSON.stringify({ ready: true, ...ready, pid: process.pid }));

  let isStopping = false;
  const stop = async (): Promise<void> => {
    if (isStopping) return;
    isStopping = true;
    await controller.close();
    await leave();
    await bus.close();
    process.exit(0);
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

interface OpenedRuntime { runtime: Runtime; /** Lets go of it, or ends it, as the configuration says. */ leave(): Promise<void>; ready: Record<string, unknown> }

async function openRuntime({ runtime: chosen, ...config }: ControllerConfig, logger: Logger): Promise<OpenedRuntime> {
  const suppliers = { fetchBundle: createBundleFetcher(config), fetchEnvironment: createEnvironmentFetcher(config), logger };
  if (chosen.kind === 'process') {
    const runtime = await createProcessRuntime({ ...chosen, ...suppliers, controlPlane: [config.serverUrl, ...config.natsUrl.split(',')] });
    return { runtime, leave: () => (chosen.keepRunners ? runtime.close() : runtime.shutdown()), ready: { gatewayPort: runtime.gatewayPort } };
  }
  // Its client takes a while to load, and is for this shape alone.
  const [{ createKubernetesRuntime }, { loadKubeConfig }] = await Promise.all([import('./runtime/kubernetes/runtime.ts'), import('./runtime/kubernetes/cluster/cluster.ts')]);
  const runtime = await createKubernetesRuntime({ ...chosen, ...suppliers, config: loadKubeConfig(chosen.kubeconfig) });
  return { runtime, leave: () => runtime.close(), ready: { namespace: chosen.namespace } };
}
