import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { readStartTicks } from '../../program/start-ticks.ts';
import { ProcessStartError } from './start-error.ts';

export interface DetachedOptions {
  title: string;
  program: string;
  args: readonly string[];
  env: NodeJS.ProcessEnv;
  logFile: string;
  /** True once the program is ready. */
  isReady(): Promise<boolean>;
  timeoutMs?: number;
}

const pollMs = 10;

/** Starts a program that outlives us, with its output in a file, and waits until it is ready. Rejects with the end of its log. */
export async function startDetached({ title, program, args, env, logFile, isReady, timeoutMs = 20_000 }: DetachedOptions): Promise<void> {
  const logStart = await stat(logFile).then((file) => file.size, () => 0);
  const log = openSync(logFile, 'a', 0o600);
  const child = spawn(program, args, { detached: true, stdio: ['ignore', log, log], env });
  closeSync(log);
  let ended: string | undefined;
  child.once('error', (error) => (ended = error.message));
  child.once('exit', (code, signal) => (ended ??= `it ended with ${code ?? signal}`));
  const deadline = performance.now() + timeoutMs;
  while (!(await isReady())) {
    if (ended === undefined && performance.now() > deadline) {
      child.kill('SIGKILL');
      ended = `it was not ready within ${timeoutMs / 1_000} s`;
    }
    if (ended !== undefined) {
      const words = (await readFile(logFile, 'utf8').catch(() => '')).slice(logStart).trim().split('\n').slice(-5).join('\n');
      throw new ProcessStartError(`${title} did not start (${ended}).${words ? ` Its last words:\n${words}` : ''}`);
    }
    await pause(pollMs);
  }
  child.unref();
}

/** Ends a process in order and then for sure; resolves when it is gone. */
export async function endProcess(pid: number, graceMs: number): Promise<void> {
  const startTicks = await readStartTicks(pid);
  if (startTicks === undefined) return;
  sendSignal(pid, 'SIGTERM');
  const deadline = performance.now() + graceMs;
  // The start time too: by then the number may be another's.
  while ((await readStartTicks(pid)) === startTicks) {
    if (performance.now() > deadline) sendSignal(pid, 'SIGKILL');
    await pause(pollMs);
  }
}

function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
