import { accessSync, constants, mkdirSync } from 'node:fs';
import { resolve } from 'node:path';

export interface DemoConfig {
  readonly port: number;
  readonly gatewayPort: number;
  readonly dataDir: string;
  readonly python: string;
  readonly runnerDir: string;
  /** Leaves agent, runners and gateway to the next start, instead of ending them with this process. */
  readonly keepRunners: boolean;
}

/** A wrong value stops the start: the message is one sentence that names the variable. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** The kernel's limit for the path of a unix socket is 107 bytes, and the longest one below the data folder is this. */
const longestSocketBytes = Buffer.byteLength('/agent/listeners/0123456789ab.sock');
const socketPathBytes = 107;

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

/** Makes the data folder; throws `ConfigError` when nothing can be kept in it. */
export function openDataDir(dataDir: string): void {
  const most = socketPathBytes - longestSocketBytes;
  if (Buffer.byteLength(dataDir) > most) throw new ConfigError(`FAPI_DATA_DIR is "${dataDir}", which is too long for the sockets below it: choose a folder whose path has at most ${most} bytes.`);
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    accessSync(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw new ConfigError(`The data folder ${dataDir} cannot be written (${(cause as NodeJS.ErrnoException).code}): make it writable, or set FAPI_DATA_DIR to another folder.`, { cause });
  }
}

function port(environment: NodeJS.ProcessEnv, name: string, fallback: number): number {
  const text = environment[name];
  if (text === undefined || text === '') return fallback;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > 65_535) throw new ConfigError(`${name} is "${text}": set it to a port number from 0 to 65535.`);
  return value;
}
