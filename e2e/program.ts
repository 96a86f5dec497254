import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { root } from '../tools/parts/paths.ts';

export interface Program {
  /** The JSON line it printed when it was ready. */
  readonly ready: Record<string, unknown>;
  readonly pid: number;
  /** Its exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>;
  isAlive(): boolean;
  kill(signal: NodeJS.Signals): Promise<void>;
  /** All it printed on stderr and, after the ready line, on stdout. */
  output(): string;
}

/** Starts one of our programs and waits for the JSON line with `ready: true`, or another one. */
export async function startProgram(file: string, environment: Record<string, string>, isReady = (message: Record<string, unknown>): boolean => message['ready'] === true): Promise<Program> {
  const child: ChildProcess = spawn(process.execPath, ['--conditions=fapi-source', join(root, file)], {
    cwd: root, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...environment },
  });
  const ended = new Promise<number | string>((resolve) => child.once('exit', (code, signal) => resolve(code ?? signal!)));
  let output = '';
  child.stderr!.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const ready = await new Promise<Record<string, unknown>>((resolve, reject) => {
    createInterface({ input: child.stdout! }).on('line', (line) => {
      output += `${line}\n`;
      if (!line.startsWith('{')) return;
      const message = JSON.parse(line) as Record<string, unknown>;
      if (isReady(message)) resolve(message);
    });
    child.once('exit', (code, signal) => reject(new Error(`${file} ended with ${code ?? signal} before it was ready:\n${output.slice(-3_000)}`)));
    child.once('error', reject);
  });
  return {
    ready,
    pid: child.pid!,
    ended,
    isAlive: () => child.exitCode === null && child.signalCode === null,
    async kill(signal) {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill(signal);
      await ended;
    },
    output: () => output,
  };
}
