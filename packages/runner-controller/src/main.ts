import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { type Logger, pino } from 'pino';
import { createBundleFetcher } from './bundles.ts';
import { createEnvironmentFetcher } from './environments.ts';
import { type ControllerConfig, readConfig } from './config.ts';
import { createController } from './controller.ts';
import { type Health, serveHealth } from './health.ts';
import { ConfigError } from './program/config-error.ts';
import { KubernetesStartError } from './runtime/kubernetes/start-error.ts';
import { createProcessRuntime } from './runtime/process/runtime.ts';
import type { Runtime } from './runtime/runtime.ts';
import { ProcessStartError } from './runtime/process/start-error.ts';
import { BusStartError, connectNatsBus, type WorkBus } from './work/index.ts';

/** Of a controller that was overtaken, beside 2 of one that cannot begin. */
const overtakenCode = 3;
/** The folder of a process runtime is one machine's: its next controller takes over at once, and the agent refuses the former. */
const never = new Promise<string>(() => undefined);

/** The controller as a program of its own, on NATS: one acts, others stand by where the runtime is Kubernetes. The embedded shape composes the same parts in the demo site. */
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
  const stopping = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stopping.abort());
  let health = (): Health => ({ role: 'starting' });
  if (config.healthPort !== undefined) await serveHealth(config.healthPort, () => (stopping.signal.aborted ? { role: 'stopping' } : health())).catch((cause: Error) => {
    throw new ConfigError(`FAPI_HEALTH_PORT is ${config.healthPort}, and nobody can listen there: ${cause.message}.`);
  });
  const onStandby = (bus: WorkBus): void => void (health = () => ({ role: 'standby', problem: bus.problem() }));
  const opened = await open(config, logger, stopping.signal, onStandby).catch((error: unknown) => {
    if (stopping.signal.aborted) return undefined;
    throw error;
  });
  if (!opened) process.exit(0);
  const { bus, runtime, leave, ready, over } = opened;
  const controller = createController({ bus, runtime, logger });
  controller.start();
  health = () => ({ role: 'active', problem: bus.problem() ?? runtime.problem() });
  console.log(JSON.stringify({ ready: true, ...ready, pid: process.pid }));
  // Whatever is still on its way here is another one's by now: nothing is drained, and whoever started us starts a standby.
  void over.then((reason) => {
    console.error(`This controller ends, because another one acts in its place: ${reason}.`);
    process.exit(overtakenCode);
  });
  if (!stopping.signal.aborted) await once(stopping.signal, 'abort');
  await controller.close();
  await leave();
  await bus.close();
  process.exit(0);
}

/** Pods ask no name server: a Service keeps its address as long as it is there. */
async function findAddress({ host, port }: { host: string; port: number }, name: string): Promise<string> {
  const { address, family } = await lookup(host).catch((cause: Error) => {
    throw new ConfigError(`${name} names ${host}, which cannot be found: ${cause.message}.`);
  });
  return family === 6 ? `[${address}]:${port}` : `${address}:${port}`;
}

interface OpenedRuntime {
  runtime: Runtime;
  /** Lets go of it, or ends it, as the configuration says. */
  leave(): Promise<void>;
  ready: Record<string, unknown>;
  /** Resolves with a sentence when another controller has taken over. */
  over: Promise<string>;
}

async function open(config: ControllerConfig, logger: Logger, signal: AbortSignal, onStandby: (bus: WorkBus) => void): Promise<OpenedRuntime & { bus: WorkBus }> {
  const bus = await connectNatsBus({ url: config.natsUrl, logger, signal });
  return { bus, ...(await openRuntime(config, logger, signal, () => onStandby(bus))) };
}

async function openRuntime({ runtime: chosen, ...config }: ControllerConfig, logger: Logger, signal: AbortSignal, onStandby: () => void): Promise<OpenedRuntime> {
  const suppliers = { fetchBundle: createBundleFetcher(config), fetchEnvironment: createEnvironmentFetcher(config), logger };
  if (chosen.kind === 'process') {
    const runtime = await createProcessRuntime({ ...chosen, ...suppliers, controlPlane: [config.serverUrl, ...config.natsUrl.split(',')] });
    return { runtime, leave: () => (chosen.keepRunners ? runtime.close() : runtime.shutdown()), ready: { gatewayPort: runtime.gatewayPort }, over: never };
  }
  // Its client takes a while to load, and is for this shape alone.
  const [{ createKubernetesRuntime }, { loadKubeConfig }] = await Promise.all([import('./runtime/kubernetes/runtime.ts'), import('./runtime/kubernetes/cluster/cluster.ts')]);
  const onWait = (active: string): void => {
    onStandby();
    console.log(JSON.stringify({ standby: true, active, namespace: chosen.namespace, pid: process.pid }));
  };
  const egress = chosen.egress && (await findAddress(chosen.egress, 'FAPI_EGRESS_ADDRESS'));
  const runtime = await createKubernetesRuntime({ ...chosen, egress, ...suppliers, standby: { signal, onWait }, config: loadKubeConfig(chosen.kubeconfig) });
  return { runtime, leave: () => runtime.close(), ready: { namespace: chosen.namespace }, over: runtime.over };
}
