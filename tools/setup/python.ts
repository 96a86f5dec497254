import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../parts/paths.ts';
import { canInstallDebianPackages, installDebianPackages } from './apt.ts';
import { digestFiles, isStamped, stamp, unstamp } from './stamp.ts';
import { lastWords, run, SetupError, step } from './step.ts';

const least = [3, 11] as const;
const candidates = ['python3', 'python3.14', 'python3.13', 'python3.12', 'python3.11', 'python'];
const probe = 'import sys; print(sys.version_info[0], sys.version_info[1], sys.executable)';

/** A virtual environment in `.cache/<name>` with exactly what the hash-checked lock file names; made again only when the lock or the Python changes. */
export async function ensureEnvironment(name: string, lockFile: string, title: string): Promise<void> {
  const folder = join(root, '.cache', name);
  const python = await findPython();
  const digest = digestFiles([lockFile], [python.executable, python.version]);
  if (isStamped(name, digest) && existsSync(join(folder, 'bin/python'))) return;
  unstamp(name);
  await rm(folder, { recursive: true, force: true });
  await makeEnvironment(python.executable, folder);
  await step(title, async () => {
    const outcome = await run(join(folder, 'bin/python'), ['-m', 'pip', 'install', '-q', '--disable-pip-version-check', '--no-input', '--require-hashes', '-r', join(root, lockFile)]);
    if (outcome.code !== 0) throw new SetupError(explain(lastWords(outcome)));
  });
  stamp(name, digest);
}

/** The first fitting Python on PATH: what `python3` is, else the newest. `FAPI_PYTHON_BASE` names another one. */
async function findPython(): Promise<{ executable: string; version: string }> {
  const chosen = process.env['FAPI_PYTHON_BASE'];
  for (const candidate of chosen ? [chosen] : candidates) {
    const outcome = await run(candidate, ['-c', probe]);
    const [, majorText, minorText, executable] = /^(\d+) (\d+) (.+)\s*$/.exec(outcome.code === 0 ? outcome.stdout : '') ?? [];
    if (executable === undefined) continue;
    const [major, minor] = [Number(majorText), Number(minorText)];
    if (major === least[0] && minor >= least[1]) return { executable, version: `${major}.${minor}` };
  }
  if (chosen) throw new SetupError(`FAPI_PYTHON_BASE names ${chosen}, which is not a Python ${least.join('.')} or newer: name another one or unset it.`);
  throw new SetupError(`fapi needs Python ${least.join('.')} or newer and found none on PATH: install it (on Debian or Ubuntu: sudo apt-get install python3 python3-venv) or name one in FAPI_PYTHON_BASE, and run the command again.`);
}

async function makeEnvironment(python: string, folder: string): Promise<void> {
  let outcome = await run(python, ['-m', 'venv', folder]);
  const lacksVenv = /ensurepip is not|No module named '?venv|python3[\d.]*-venv/.test(outcome.stdout + outcome.stderr);
  if (outcome.code !== 0 && lacksVenv) {
    if (!canInstallDebianPackages()) throw new SetupError(`${python} has no venv module: install it (on Debian or Ubuntu: sudo apt-get install python3-venv) and run the command again.`);
    await installDebianPackages(['python3-venv'], `${python} has no venv module`);
    outcome = await run(python, ['-m', 'venv', '--clear', folder]);
  }
  if (outcome.code !== 0) throw new SetupError(`${python} could not make a virtual environment in ${folder}; its last words:\n${lastWords(outcome)}`);
}

function explain(words: string): string {
  if (/Temporary failure in name resolution|Failed to establish a new connection|Network is unreachable/.test(words)) return 'The Python package index cannot be reached: connect to a network (or set the index in your pip configuration) and run the command again.';
  // What pip says without a network too, when it is told not to retry.
  const lacking = /No matching distribution found for (\S+)/.exec(words)?.[1];
  if (lacking !== undefined) return `The Python package index cannot be reached or does not have ${lacking}: connect to a network (or set another index in your pip configuration) and run the command again.`;
  return `pip could not install the locked packages; its last words:\n${words}`;
}
