import { resolve } from 'node:path';

export interface DemoConfig {
  readonly port: number;
  readonly gatewayPort: number;
  readonly dataDir: string;
  readonly python: string;
  readonly runnerDir: string;
  /** Ends agent and gateway with this process; without it they stay and are adopted by the next start. */
  readonly keepRunners: boolean;
}

/** A wrong value stops the start: the message is one sentence that names the variable. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** Reads the environment once. Ports may be 0: any free one. */
export function readConfig(environment: NodeJS.ProcessEnv, root: string): DemoConfig {
  return Object.freeze({
    port: port(environment, 'FAPI_PORT', 8787),
    gatewayPort: port(environment, 'FAPI_GATEWAY_PORT', 8788),
    dataDir: resolve(environment['FAPI_DATA_DIR'] ?? resolve(root, '.fapi')),
    python: resolve(environment['FAPI_PYTHON'] ?? resolve(root, '.cache/python/bin/python')),
    runnerDir: resolve(root, 'packages/runner-controller/runner'),
    keepRunners: environment['FAPI_KEEP_RUNNERS'] === '1',
  });
}

function port(environment: NodeJS.ProcessEnv, name: string, fallback: number): number {
  const text = environment[name];
  if (text === undefined || text === '') return fallback;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > 65_535) throw new ConfigError(`${name} is "${text}": set it to a port number from 0 to 65535.`);
  return value;
}
