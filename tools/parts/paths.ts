import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url)).replace(/\/$/, '');

/** Folder of the Python package `fapi_runner`. */
export const runnerPath = join(root, 'packages/runner-controller/runner');

/** The Python with the curated layer. Throws a sentence when the environment was not made yet. */
export function pythonPath(): string {
  return existing('FAPI_PYTHON', process.env['FAPI_PYTHON'] ?? join(root, '.cache/python/bin/python'));
}

/** A nats-server binary: `FAPI_TEST_NATS_SERVER`, or the one from `tools/parts/requirements.txt`. */
export function natsServerPath(): string {
  return existing('FAPI_TEST_NATS_SERVER', process.env['FAPI_TEST_NATS_SERVER'] ?? join(root, '.cache/parts/bin/nats-server'));
}

/** The folder of Postgres' programs: `FAPI_TEST_POSTGRES_BIN`, or the one from `tools/parts/requirements.txt`. */
export function postgresBinPath(): string {
  return existing('FAPI_TEST_POSTGRES_BIN', process.env['FAPI_TEST_POSTGRES_BIN'] ?? join(partsSitePackages(), 'embedded_postgres/pginstall/bin'));
}

/** Schemathesis: `FAPI_TEST_SCHEMATHESIS`, or the one from `tools/parts/fuzz-requirements.txt`. */
export function schemathesisPath(): string {
  return existing('FAPI_TEST_SCHEMATHESIS', process.env['FAPI_TEST_SCHEMATHESIS'] ?? join(root, '.cache/fuzz/bin/schemathesis'));
}

/** Chromium: `FAPI_TEST_CHROMIUM`, or Debian's. */
export function chromiumPath(): string {
  return existing('FAPI_TEST_CHROMIUM', process.env['FAPI_TEST_CHROMIUM'] ?? '/usr/bin/chromium');
}

function partsSitePackages(): string {
  const lib = join(root, '.cache/parts/lib');
  const python = existsSync(lib) ? readdirSync(lib).find((name) => name.startsWith('python3')) : undefined;
  return join(lib, python ?? 'python3', 'site-packages');
}

function existing(variable: string, path: string): string {
  if (existsSync(path)) return path;
  throw new Error(`${path} is not there: run "npm test" (or "npm run test:slow") once, which installs it, or name another one in ${variable}`);
}
