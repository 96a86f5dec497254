import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface ControllerConfig {
  readonly natsUrl: string;
  readonly serverUrl: string;
  readonly controllerKey: string;
  readonly dataDir: string;
  readonly python: string;
  readonly runnerDir: string;
  readonly gateway: { readonly port: number; readonly host: string; readonly environment: Readonly<Record<string, string>> };
  /** Leave agent, runners and gateway to the next controller, instead of ending them with this one. */
  readonly keepRunners: boolean;
  readonly logLevel: string;
}

/** A wrong value stops the program: the message is one sentence that names the variable. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'];

/** Reads the environment once. */
export function readConfig(environment: NodeJS.ProcessEnv): ControllerConfig {
  const required = (name: string, what: string): string => {
    const value = environment[name];
    if (!value) throw new ConfigError(`${name} is not set: give it ${what}.`);
    return value;
  };
  const port = Number(environment['FAPI_GATEWAY_PORT'] || 8788);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new ConfigError(`FAPI_GATEWAY_PORT is "${environment['FAPI_GATEWAY_PORT']}": set it to a port number from 0 to 65535.`);
  const serverUrl = required('FAPI_SERVER_URL', 'the address of the server, such as http://server:8787');
  if (!URL.canParse(serverUrl)) throw new ConfigError(`FAPI_SERVER_URL is "${serverUrl}": set it to an address such as http://server:8787.`);
  const natsUrl = required('FAPI_NATS_URL', 'the address of NATS, such as nats://nats:4222');
  if (!natsUrl.split(',').every((one) => ['nats:', 'tls:'].includes(URL.parse(one.trim())?.protocol ?? ''))) throw new ConfigError('FAPI_NATS_URL is not an address that begins with nats:// or tls://.');
  const logLevel = environment['FAPI_LOG_LEVEL'] || 'info';
  if (!logLevels.includes(logLevel)) throw new ConfigError(`FAPI_LOG_LEVEL is "${logLevel}": set it to one of ${logLevels.join(', ')}.`);
  return Object.freeze({
    natsUrl,
    serverUrl,
    controllerKey: required('FAPI_CONTROLLER_KEY', 'the same secret as on the server'),
    dataDir: resolve(required('FAPI_DATA_DIR', 'a folder for the runners')),
    python: required('FAPI_PYTHON', "the Python of the curated layer, such as .cache/python/bin/python"),
    runnerDir: resolve(environment['FAPI_RUNNER_DIR'] || fileURLToPath(new URL('../runner', import.meta.url))),
    gateway: { port, host: environment['FAPI_GATEWAY_HOST'] || '127.0.0.1', environment: pickGatewayLimits(environment) },
    keepRunners: environment['FAPI_KEEP_RUNNERS'] !== '0',
    logLevel,
  });
}

/** What the gateway reads for itself; it is a program of its own and gets no other variable of ours. */
export function pickGatewayLimits(environment: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(['SUFFIXES', 'CONNECTIONS', 'KEEP_ALIVE_MS', 'HEAD_MS', 'HOLD_MS', 'HOLDS_PER_APP'].flatMap((name) => {
    const value = environment[`FAPI_GATEWAY_${name}`];
    return value ? [[`FAPI_GATEWAY_${name}`, value]] : [];
  }));
}
