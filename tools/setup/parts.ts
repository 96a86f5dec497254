import { existsSync } from 'node:fs';
import { installDebianPackages } from './apt.ts';
import { ensureEnvironment } from './python.ts';

/** What the demo needs beyond Node: the curated Python layer. */
export const ensureRunnerEnvironment = (): Promise<void> =>
  ensureEnvironment('python', 'packages/runner-controller/runner/requirements.txt', 'Making the Python environment of the runner');

/** NATS, Postgres and the Python checkers, from one hash-checked file. */
export const ensureTestParts = (): Promise<void> => ensureEnvironment('parts', 'tools/parts/requirements.txt', 'Installing NATS and Postgres for the tests');

/** The fuzzer that reads the OpenAPI document; it brings much, and only the slow tests need it. */
export const ensureFuzzer = (): Promise<void> => ensureEnvironment('fuzz', 'tools/parts/fuzz-requirements.txt', 'Installing the schema fuzzer of the slow tests');

/** A Chromium for the browser tests; `FAPI_TEST_CHROMIUM` names another one. */
export async function ensureChromium(): Promise<void> {
  if (process.env['FAPI_TEST_CHROMIUM'] || existsSync('/usr/bin/chromium')) return;
  await installDebianPackages(['chromium', 'fonts-dejavu-core'], 'The browser tests need Chromium (or name one in FAPI_TEST_CHROMIUM)');
}

/** A Firefox for the slow tests; `FAPI_TEST_FIREFOX` names another one. */
export async function ensureFirefox(): Promise<void> {
  if (process.env['FAPI_TEST_FIREFOX'] || existsSync('/usr/bin/firefox-esr')) return;
  await installDebianPackages(['firefox-esr', 'fonts-dejavu-core'], 'The slow tests need Firefox (or name one in FAPI_TEST_FIREFOX)');
}

/** Debian's WebKit with its driver, and a display for it that nobody sees. */
export async function ensureWebKit(): Promise<void> {
  if (existsSync('/usr/bin/WebKitWebDriver') && existsSync('/usr/bin/Xvfb')) return;
  await installDebianPackages(['webkit2gtk-driver', 'xvfb', 'xauth', 'fonts-dejavu-core'], 'The slow tests need WebKit');
}
