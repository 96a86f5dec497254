import { accessSync, constants, mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { ConfigError, pickForGateway, readDataDir, readLogLevel, readPort, readSwitch } from '@fapi/runner-controller';

export interface DemoConfig {
  readonly host: string;
  readonly port: number;
  readonly gateway: { readonly port: number; readonly host: string; readonly environment: Readonly<Record<string, string>> };
  readonly dataDir: string;
  readonly python: string;
  readonly runnerDir: string;
  /** Leaves agent, runners and gateway to the next start, instead of ending them with this process. */
  readonly keepRunners: boolean;
  readonly logLevel: string;
  /** A line of JSON for a program that waits for the start, instead of words for a person. */
  readonly readyLine: boolean;
}

/** Reads the environment once; what the server reads for itself it says itself. Ports may be 0: any free one. Throws `ConfigError`. */
export function readConfig(environment: NodeJS.ProcessEnv, root: string): DemoConfig {
  return Object.freeze({
    host: environment['FAPI_HOST'] || '127.0.0.1',
    port: readPort(environment, 'FAPI_PORT', 8787),
    gateway: { port: readPort(environment, 'FAPI_GATEWAY_PORT', 8788), host: '127.0.0.1', environment: pickForGateway(environment) },
    dataDir: readDataDir(environment['FAPI_DATA_DIR'] || resolve(root, '.fapi')),
    python: resolve(environment['FAPI_PYTHON'] || resolve(root, '.cache/python/bin/python')),
    runnerDir: resolve(root, 'packages/runner-controller/runner'),
    keepRunners: readSwitch(environment, 'FAPI_KEEP_RUNNERS', false),
    logLevel: readLogLevel(environment, 'warn'),
    readyLine: readSwitch(environment, 'FAPI_READY_LINE', false),
  });
}

/** Makes the data folder; throws `ConfigError` when nothing can be kept in it. */
export function openDataDir(dataDir: string): void {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    accessSync(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw new ConfigError(`The data folder ${dataDir} cannot be written (${(cause as NodeJS.ErrnoException).code}): make it writable, or set FAPI_DATA_DIR to another folder.`, { cause });
  }
}
