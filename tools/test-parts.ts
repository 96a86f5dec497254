import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { pythonPath, root, runnerPath } from './parts/paths.ts';
import { show } from './setup/step.ts';
import { temporaryFolder } from './test-ground.ts';

/** `failures` names what failed, as its runner does: a log that is cut short still ends with it. */
export interface Counts { passed: number; failed: number; skipped: number; failures?: readonly string[] }

const bin = (name: string): string => join(root, 'node_modules/.bin', name);
const firstLine = (text = ''): string => text.split('\n', 1)[0]!.slice(0, 300);
const sum = (parts: readonly Counts[]): Required<Counts> => ({
  passed: parts.reduce((count, { passed }) => count + passed, 0),
  failed: parts.reduce((count, { failed }) => count + failed, 0),
  skipped: parts.reduce((count, { skipped }) => count + skipped, 0),
  failures: parts.flatMap(({ failures = [] }) => failures),
});
const one = (code: number): Counts => ({ passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 });

/** The hosts in `examples/` have settings of their own: JSX, and templates of Vue. */
export const runTypes = async (): Promise<Counts> => {
  const codes = [
    await show(bin('tsc'), ['-p', 'tsconfig.json'], { cwd: root }),
    await show(bin('tsc'), ['-p', 'tsconfig.json'], { cwd: join(root, 'examples/portal-react') }),
    await show(bin('tsc'), ['-p', 'tsconfig.json'], { cwd: join(root, 'examples/portal-svelte') }),
    await show(process.execPath, ['types.mjs'], { cwd: join(root, 'examples/portal-vue') }),
  ];
  const passed = codes.filter((code) => code === 0).length;
  return { passed, failed: codes.length - passed, skipped: 0 };
};
export const runOxlint = async (): Promise<Counts> => one(await show(bin('oxlint'), ['--deny-warnings', '--quiet', '.'], { cwd: root }));
export const runRuff = async (): Promise<Counts> => one(await show(pythonPath(), ['-m', 'ruff', 'check', '--quiet', '--no-cache', '.', join(root, 'bench/python'), join(root, 'e2e/fuzz')], { cwd: runnerPath }));
export const runMypy = async (): Promise<Counts> =>
  one(await show(join(root, '.cache/parts/bin/python'), ['-m', 'mypy', '--python-executable', pythonPath(), '--cache-dir', join(root, '.cache/mypy'), '-p', 'fapi_runner'], { cwd: runnerPath }));

/**
 * Runs vitest and reads its own JSON report; a run that wrote none counts as one failure.
 *
 * Where CI=true vitest tries a failed test again, but not a file whose `beforeAll` failed or that could not be loaded:
 * such files have their second try here.
 */
export const runVitest = (config: string, paths: readonly string[], env: Readonly<Record<string, string>> = temporaryFolder()): Promise<Counts> => withReport(async (report) => {
  const first = await vitestOnce(report, config, paths, env);
  const broken = first.filter((file) => isBroken(file) && file.name !== root);
  if (broken.length === 0 || process.env['CI'] !== 'true') return countFiles(first);
  const second = await vitestOnce(report, config, broken.map(({ name }) => relative(root, name)), env);
  for (const file of broken) if (second.some(({ name, status }) => name === file.name && status === 'passed')) console.log(`passed at its second try: ${relative(root, file.name)}: ${firstLine(file.message)}`);
  return countFiles([...first.filter((file) => !broken.includes(file)), ...second]);
});

interface VitestFile { name: string; status: string; message?: string; assertionResults: { status: string; fullName: string; failureMessages?: string[] }[] }

/** It failed, and none of its tests did. */
const isBroken = ({ status, assertionResults }: VitestFile): boolean => status === 'failed' && assertionResults.every((test) => test.status !== 'failed');

async function vitestOnce(report: string, config: string, paths: readonly string[], env: Readonly<Record<string, string>>): Promise<VitestFile[]> {
  await rm(report, { force: true });
  const code = await show(process.execPath, [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--config', config, '--reporter=default', `--reporter=${join(root, 'tools/second-tries.ts')}`, '--reporter=json', `--outputFile.json=${report}`, ...paths], { cwd: root, env: { ...process.env, ...env } });
  const { testResults } = JSON.parse(await readFile(report, 'utf8')) as { testResults: VitestFile[] };
  // An error outside of any test, like a promise that nobody awaited, fails the run and no file.
  if (code !== 0 && testResults.every(({ status }) => status !== 'failed')) return [...testResults, { name: root, status: 'failed', message: 'vitest reported an error outside of the tests', assertionResults: [] }];
  return testResults;
}

function countFiles(files: readonly VitestFile[]): Required<Counts> {
  const tests = files.flatMap((file) => file.assertionResults.map((test) => ({ ...test, file: relative(root, file.name) })));
  const failed = tests.filter(({ status }) => status === 'failed');
  const failures = [
    ...files.filter(isBroken).map((file) => `${relative(root, file.name)}: ${firstLine(file.message)}`),
    ...failed.map((test) => `${test.file}: ${test.fullName}: ${firstLine(test.failureMessages?.[0])}`),
  ];
  const passed = tests.filter(({ status }) => status === 'passed').length;
  return { passed, failed: failures.length, skipped: tests.length - passed - failed.length, failures };
}

/** The tests of the runner in several processes, which share the files: most of their time they wait for what they have started. */
export async function runRunnerTests(): Promise<Counts> {
  const claims = await mkdtemp(join(tmpdir(), 'fapi-claims-'));
  try {
    const shares = await Promise.all(Array.from({ length: 4 }, () => runPytest([], { FAPI_TEST_CLAIMS: claims })));
    return sum(shares);
  } finally {
    await rm(claims, { recursive: true, force: true });
  }
}

/** Where CI=true the failed have a second try, like Node's, and those that passed at it are named: tests to mend. */
export const runPytest = (args: readonly string[] = [], env: Record<string, string> = {}): Promise<Counts> => withReport(async (report) => {
  const cache = await mkdtemp(join(tmpdir(), 'fapi-pytest-'));
  const run = (tried: readonly string[], tries = env): Promise<Required<Counts>> => pytestOnce(report, ['-o', `cache_dir=${cache}`, ...args, ...tried], tries);
  try {
    const first = await run([]);
    if (first.failed === 0 || process.env['CI'] !== 'true') return first;
    const { FAPI_TEST_CLAIMS: _, ...own } = env;
    const second = await run(['--last-failed', '--last-failed-no-failures=none'], own);
    for (const name of first.failures.filter((failure) => !second.failures.includes(failure))) console.log(`passed at its second try: ${name}`);
    return { ...first, passed: first.passed + second.passed, failed: Math.max(first.failed - second.passed, second.failed), failures: second.failures };
  } finally {
    await rm(cache, { recursive: true, force: true });
  }
});

async function pytestOnce(report: string, args: readonly string[], env: Record<string, string>): Promise<Required<Counts>> {
  await rm(report, { force: true });
  await show(pythonPath(), ['-m', 'pytest', '-q', `--junitxml=${report}`, ...args], { cwd: runnerPath, env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1', ...env } });
  const xml = await readFile(report, 'utf8');
  const count = (name: string): number => Number(new RegExp(`<testsuite [^>]*\\b${name}="(\\d+)"`).exec(xml)?.[1] ?? 0);
  const failed = count('failures') + count('errors');
  // Of a failed case only its name: pytest has printed the rest.
  const failures = [...xml.matchAll(/<testcase classname="([^"]*)" name="([^"]*)"[^>]*>\s*<(?:failure|error)\b/g)].map(([, file, name]) => `${file}: ${name}`);
  return { passed: count('tests') - failed - count('skipped'), failed, skipped: count('skipped'), failures };
}

/** One file of the element suite, in one of the looks; no file for what failed outside of them. */
interface ElementsFile extends Required<Counts> { group: string; file: string }

/** The element suite in Chromium. Where CI=true the files that fail have a second try, and what passed at it is named. */
export const runWebTests = (): Promise<Counts> => withReport(async (report) => {
  const first = await webTestsOnce(report, 'web-test-runner.config.mjs');
  const failed = first.filter((file) => file.failed > 0 && file.file !== '');
  if (failed.length === 0 || process.env['CI'] !== 'true') return sum(first);
  const second: ElementsFile[] = [];
  for (const group of new Set(failed.map((file) => file.group))) {
    const files = failed.filter((file) => file.group === group).map(({ file }) => file);
    second.push(...await webTestsOnce(report, 'web-test-runner.config.mjs', {}, ['--group', group, '--files', ...files]));
  }
  const stillFailing = second.flatMap(({ failures }) => failures);
  for (const name of failed.flatMap(({ failures }) => failures)) if (!stillFailing.includes(name)) console.log(`passed at its second try: ${name}`);
  return sum([...first.filter((file) => !failed.includes(file)), ...second]);
});

/** The element suite in Firefox or WebKit. */
export const runWebTestsIn = (browser: 'firefox' | 'webkit'): Promise<Counts> => withReport(async (report) => sum(await webTestsOnce(report, 'web-test-runner.browsers.config.mjs', { FAPI_TEST_BROWSER: browser })));

/** The browser run writes an ElementsFile for each file to the path that FAPI_TEST_REPORT names. */
async function webTestsOnce(report: string, config: string, env: Record<string, string> = {}, args: readonly string[] = []): Promise<ElementsFile[]> {
  await rm(report, { force: true });
  const code = await show(bin('wtr'), ['--config', config, ...args], { cwd: root, env: { ...process.env, ...env, FAPI_TEST_REPORT: report } });
  const files = JSON.parse(await readFile(report, 'utf8')) as ElementsFile[];
  if (code === 0 || files.some(({ failed }) => failed > 0)) return files;
  return [...files, { group: '', file: '', ...one(1), failures: ['the browser run reported an error outside of the tests'] }];
}

/** The very command a newcomer types. */
export const runSmoke = async (): Promise<Counts> => one(await show('npm', ['run', '--silent', 'demo', '--', '--smoke'], { cwd: root }));

async function withReport(work: (report: string) => Promise<Counts>): Promise<Counts> {
  const folder = await mkdtemp(join(tmpdir(), 'fapi-report-'));
  try {
    return await work(join(folder, 'report'));
  } catch (error) {
    console.log(`This part ended without a report: ${error instanceof Error ? error.message : String(error)}`);
    return { passed: 0, failed: 1, skipped: 0 };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
