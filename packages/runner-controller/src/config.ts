import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findFirstSuffix } from './program/first-suffix.ts';
import { ConfigError } from './program/config-error.ts';
import { type ClusterPlace, readCluster } from './program/read-cluster.ts';
import { readNumber, readPort } from './program/read-number.ts';
import { toBareHost } from './program/to-bare-host.ts';

export interface ControllerConfig {
  readonly natsUrl: string;
  readonly serverUrl: string;
  readonly controllerKey: string;
  readonly runtime: ProcessConfig | KubernetesConfig;
  readonly logLevel: string;
  /** Where probes ask; nowhere when undefined. */
  readonly healthPort: number | undefined;
}

export interface ProcessConfig {
  readonly kind: 'process';
  readonly dataDir: string;
  readonly python: string;
  readonly runnerDir: string;
  readonly gateway: { readonly port: number; readonly host: string; readonly environment: Readonly<Record<string, string>> };
  /** Leave agent, runners and gateway to the next controller, instead of ending them with this one. */
  readonly keepRunners: boolean;
}

export interface KubernetesConfig extends ClusterPlace {
  readonly kind: 'kubernetes';
  readonly image: string;
  /** Free runners while nothing happens, and at most after many were taken at once. */
  readonly pool: { readonly min: number; readonly max: number };
  readonly workbenches: number;
  /** Pods of each app. */
  readonly replicas: number;
  /** Where the gateway is reached from here, and a suffix under which it serves apps. */
  readonly gateway: { readonly url: string; readonly suffix: string } | undefined;
  /** Through which apps are connected where they were granted to be; nowhere without it. */
  readonly egress: { readonly host: string; readonly port: number } | undefined;
}

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'];

/** So long may the path of the data folder be. The kernel takes 107 bytes for that of a unix socket, and the longest one below the folder is an app's. */
export const dataDirLimitBytes = 107 - Buffer.byteLength('/agent/listeners/0123456789ab.sock');

/** Reads the environment once. */
export function readConfig(environment: NodeJS.ProcessEnv): ControllerConfig {
  const required = (name: string, what: string): string => {
    const value = environment[name];
    if (!value) throw new ConfigError(`${name} is not set: give it ${what}.`);
    return value;
  };
  const serverUrl = required('FAPI_SERVER_URL', 'the address of the server, such as http://server:8787');
  if (!URL.canParse(serverUrl)) throw new ConfigError(`FAPI_SERVER_URL is "${serverUrl}": set it to an address such as http://server:8787.`);
  const natsUrl = required('FAPI_NATS_URL', 'the address of NATS, such as nats://nats:4222');
  if (!natsUrl.split(',').every((one) => ['nats:', 'tls:'].includes(URL.parse(one.trim())?.protocol ?? ''))) throw new ConfigError('FAPI_NATS_URL is not an address that begins with nats:// or tls://.');
  const kind = environment['FAPI_RUNTIME'] || 'process';
  if (kind !== 'process' && kind !== 'kubernetes') throw new ConfigError(`FAPI_RUNTIME is "${kind}": set it to process or kubernetes.`);
  return Object.freeze({
    natsUrl,
    healthPort: environment['FAPI_HEALTH_PORT'] ? readPort(environment, 'FAPI_HEALTH_PORT', 0, 1) : undefined,
    serverUrl,
    controllerKey: required('FAPI_CONTROLLER_KEY', 'the same secret as on the server'),
    runtime: kind === 'process' ? readProcess(environment, required) : readKubernetes(environment, required),
    logLevel: readLogLevel(environment, 'info'),
  });
}

export function readLogLevel(environment: NodeJS.ProcessEnv, otherwise: string): string {
  const level = environment['FAPI_LOG_LEVEL'] || otherwise;
  if (!logLevels.includes(level)) throw new ConfigError(`FAPI_LOG_LEVEL is "${level}": set it to one of ${logLevels.join(', ')}.`);
  return level;
}

export function readSwitch(environment: NodeJS.ProcessEnv, name: string, otherwise: boolean): boolean {
  const given = environment[name] || (otherwise ? '1' : '0');
  if (given !== '0' && given !== '1') throw new ConfigError(`${name} is "${given}": set it to 1 or 0.`);
  return given === '1';
}

/** The whole path of a data folder. */
export function readDataDir(path: string): string {
  const dataDir = resolve(path);
  if (Buffer.byteLength(dataDir) > dataDirLimitBytes) throw new ConfigError(`FAPI_DATA_DIR is "${dataDir}", which is too long for the sockets below it: choose a folder whose path has at most ${dataDirLimitBytes} bytes.`);
  return dataDir;
}

type Required = (name: string, what: string) => string;

function readProcess(environment: NodeJS.ProcessEnv, required: Required): ProcessConfig {
  return {
    kind: 'process',
    dataDir: readDataDir(required('FAPI_DATA_DIR', 'a folder for the runners')),
    python: required('FAPI_PYTHON', "the Python of the curated layer, such as .cache/python/bin/python"),
    runnerDir: resolve(environment['FAPI_RUNNER_DIR'] || fileURLToPath(new URL('../runner', import.meta.url))),
    gateway: { port: readPort(environment, 'FAPI_GATEWAY_PORT', 8_788), host: environment['FAPI_GATEWAY_HOST'] || '127.0.0.1', environment: pickForGateway(environment) },
    keepRunners: readSwitch(environment, 'FAPI_KEEP_RUNNERS', true),
  };
}

const countLimit = 1_000;

function readKubernetes(environment: NodeJS.ProcessEnv, required: Required): KubernetesConfig {
  const count = (name: string, otherwise: number, least: number): number => readNumber(environment, name, otherwise, least, countLimit);
  const min = count('FAPI_KUBERNETES_POOL_MIN', 2, 0);
  const max = count('FAPI_KUBERNETES_POOL_MAX', Math.max(10, min), 0);
  if (max < min) throw new ConfigError(`FAPI_KUBERNETES_POOL_MAX is ${max}: set it to ${min}, which is FAPI_KUBERNETES_POOL_MIN, or more.`);
  return {
    kind: 'kubernetes', ...readCluster(environment), pool: { min, max },
    image: required('FAPI_RUNNER_IMAGE', 'the image of the runner, such as registry.example/fapi-runner:0.1.0'),
    workbenches: count('FAPI_KUBERNETES_WORKBENCHES', 1, 0),
    replicas: count('FAPI_KUBERNETES_REPLICAS', 1, 1),
    gateway: readGateway(environment),
    egress: readEgress(environment),
  };
}

function readEgress(environment: NodeJS.ProcessEnv): KubernetesConfig['egress'] {
  const text = environment['FAPI_EGRESS_ADDRESS'];
  if (!text) return undefined;
  const url = URL.parse(`tcp://${text}`);
  if (!url?.hostname || !url.port || text !== url.host) throw new ConfigError(`FAPI_EGRESS_ADDRESS is "${text}": set it to a host and a port, such as fapi-egress:8443.`);
  return { host: toBareHost(url.hostname), port: Number(url.port) };
}

function readGateway(environment: NodeJS.ProcessEnv): KubernetesConfig['gateway'] {
  const url = environment['FAPI_GATEWAY_URL'];
  if (!url) return undefined;
  if (URL.parse(url)?.protocol !== 'http:') throw new ConfigError(`FAPI_GATEWAY_URL is "${url}": set it to an address such as http://fapi-gateway.fapi:8788.`);
  return { url, suffix: findFirstSuffix(environment['FAPI_GATEWAY_SUFFIXES']) ?? new URL(url).hostname };
}

/** What the gateway reads for itself; it is a program of its own and gets no other variable of ours. */
export function pickForGateway(environment: NodeJS.ProcessEnv): Record<string, string> {
  const names = ['SUFFIXES', 'PREVIEW_ORIGINS', 'CONNECTIONS', 'KEEP_ALIVE_MS', 'HEAD_MS', 'HOLD_MS', 'HOLDS_PER_APP'].map((name) => `FAPI_GATEWAY_${name}`);
  return Object.fromEntries([...names, 'FAPI_TRUSTED_PROXIES'].flatMap((name) => (environment[name] ? [[name, environment[name]]] : [])));
}
