import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { AppFile } from '@fapi/sdk/contract';
import { freePort } from '../../tools/parts/port.ts';
import { pythonPath } from '../../tools/parts/paths.ts';
import { type Address, ask } from './ask.ts';
import { writeFiles } from './write-files.ts';

/** The program that people run themselves, on the same Python, loop and parser as our children. */
export interface Uvicorn {
  readonly address: Address;
  readonly pid: number;
  write(files: readonly AppFile[]): Promise<void>;
  /** SIGTERM, its end, and a new one on the same address. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export interface UvicornOptions {
  files: readonly AppFile[];
  /** Listens on a socket file instead of a port. */
  isUnix?: boolean;
  options?: readonly string[];
}

const base = ['--loop', 'uvloop', '--http', 'httptools', '--no-access-log', '--log-level', 'error'];

export async function startUvicorn({ files, isUnix = false, options = [] }: UvicornOptions): Promise<Uvicorn> {
  const folder = await mkdtemp(join(tmpdir(), 'fapi-peer-'));
  const port = isUnix ? 0 : await freePort();
  const address: Address = isUnix ? { at: { path: join(folder, 'uvicorn.sock') }, host: 'peer' } : { at: { port, host: '127.0.0.1' }, host: '127.0.0.1' };
  const write = (all: readonly AppFile[]): Promise<void> => writeFiles(folder, all);
  const start = async (): Promise<ChildProcess> => {
    const where = isUnix ? ['--uds', join(folder, 'uvicorn.sock')] : ['--port', String(port)];
    const child = spawn(pythonPath(), ['-m', 'uvicorn', 'main:app', ...where, ...base, ...options], { cwd: folder, stdio: 'ignore' });
    const deadline = performance.now() + 60_000;
    while (!(await ask(address, '/word').then(() => true, () => false))) {
      if (child.exitCode !== null || performance.now() > deadline) throw new Error(`uvicorn did not answer (exit code ${child.exitCode})`);
      await pause(5);
    }
    return child;
  };
  const end = async (child: ChildProcess): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  };
  await write(files);
  let child = await start();
  return {
    address,
    get pid() {
      return child.pid!;
    },
    write,
    async restart() {
      await end(child);
      child = await start();
    },
    async stop() {
      await end(child);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
