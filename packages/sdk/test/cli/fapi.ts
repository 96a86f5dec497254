import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { onTestFinished } from 'vitest';
import { root } from '../../../../tools/parts/paths.ts';

export interface Ran { code: number | null; signal: NodeJS.Signals | null; stdout: string; stderr: string; json: any; lines: any[] }
export interface Running { child: ChildProcess; stdout(): string; stderr(): string; ended: Promise<Ran>; shows(text: string | RegExp): Promise<void> }
export interface Where { cwd?: string; env?: Record<string, string | undefined> }

const sdk = join(root, 'packages/sdk');

/** The program as it is published, built once for the same sources. */
export async function buildFapi(): Promise<string> {
  const hash = createHash('sha256');
  for (const name of (await readdir(join(sdk, 'src'), { recursive: true })).filter((file) => file.endsWith('.ts')).toSorted()) hash.update(name).update(await readFile(join(sdk, 'src', name)));
  const kept = join(root, '.cache/cli');
  const built = join(kept, `${hash.digest('hex').slice(0, 16)}.mjs`);
  if (existsSync(built)) return built;
  const out = await mkdtemp(join(tmpdir(), 'fapi-cli-build-'));
  await promisify(execFile)(process.execPath, [join(root, 'node_modules/tsup/dist/cli-default.js'), '--config', 'tsup.cli.config.ts', '--out-dir', out], { cwd: sdk, env: { ...process.env, NODE_OPTIONS: '' } });
  await rm(kept, { recursive: true, force: true });
  await mkdir(kept, { recursive: true });
  // Two test files may build at once.
  await writeFile(`${built}.${process.pid}`, await readFile(join(out, 'cli/main.js')));
  await rename(`${built}.${process.pid}`, built);
  await rm(out, { recursive: true, force: true });
  return built;
}

/** Without what the shell of whoever runs the tests has set. */
const bare = (env: Where['env'] = {}): NodeJS.ProcessEnv => ({ PATH: process.env['PATH'], HOME: '/nonexistent', FAPI_DATA_DIR: '/nonexistent', ...env });

/** Starts `fapi` as a child; it is ended with the test. */
export function startFapi(program: string, args: readonly string[], { cwd = tmpdir(), env }: Where = {}): Running {
  const child = spawn(process.execPath, [program, ...args], { cwd, env: bare(env), stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  let isOver = false;
  const heard = new Set<() => void>();
  const hear = (): void => [...heard].forEach((tell) => tell());
  child.stdout.setEncoding('utf8').on('data', (text: string) => { stdout += text; hear(); });
  child.stderr.setEncoding('utf8').on('data', (text: string) => { stderr += text; hear(); });
  const ended = new Promise<Ran>((resolve) => child.once('close', (code, signal) => {
    isOver = true;
    hear();
    const lines = stdout.trim().split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line)] : []));
    resolve({ code, signal, stdout, stderr, lines, json: lines.at(-1) });
  }));
  onTestFinished(async () => {
    if (!isOver) child.kill('SIGKILL');
    await ended;
  });
  return {
    child, ended, stdout: () => stdout, stderr: () => stderr,
    shows: (text) => new Promise((resolve, reject) => {
      const look = (): void => {
        const isThere = typeof text === 'string' ? (stdout + stderr).includes(text) : text.test(stdout + stderr);
        if (isThere) resolve();
        else if (isOver) reject(new Error(`it ended and never showed ${text}:\n${stdout}\n${stderr}`));
        else return;
        heard.delete(look);
      };
      heard.add(look);
      look();
    }),
  };
}

export const runFapi = (program: string, args: readonly string[], where?: Where): Promise<Ran> => startFapi(program, args, where).ended;

/** A folder with these files that goes with the test. */
export async function makeFolder(files: Record<string, string | Uint8Array> = {}): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'fapi-cli-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await write(folder, files);
  return folder;
}

export async function write(folder: string, files: Record<string, string | Uint8Array>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
}

/** All files of a folder but those of .fapi, by path. */
export async function read(folder: string): Promise<Record<string, string>> {
  const entries = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name)).filter((path) => !path.includes('/.fapi/'));
  return Object.fromEntries(await Promise.all(entries.toSorted().map(async (path) => [path.slice(folder.length + 1), await readFile(path, 'utf8')] as const)));
}
