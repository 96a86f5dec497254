import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { pythonPath } from '../../tools/parts/paths.ts';
import { until } from '../visit.ts';

export interface Terminal {
  /** What was shown so far. */
  shown(): string;
  /** Resolves when the text was shown; rejects when the program ended without it. */
  shows(text: string): Promise<void>;
  /** Types a key; the terminal makes Ctrl-C a SIGINT to the whole group in front, as any terminal does. */
  ctrlC(): void;
  type(text: string): void;
  /** Closes the terminal: a SIGHUP from the kernel, and nobody reads any more. */
  close(): void;
  /** The exit code of the program, when it has ended. */
  readonly ended: Promise<number>;
}

/** Runs a program in a terminal of its own. */
export function openTerminal(program: string, args: readonly string[], options: { cwd: string; env: NodeJS.ProcessEnv }): Terminal {
  const child = spawn(pythonPath(), [join(import.meta.dirname, 'terminal.py'), program, ...args], { ...options, stdio: ['pipe', 'pipe', 'inherit'] });
  let shown = '';
  let code: number | undefined;
  child.stdout.on('data', (chunk: Buffer) => (shown += chunk.toString()));
  child.stdin.on('error', () => {});
  const ended = once(child, 'close').then(([exitCode]) => (code = exitCode as number));
  return {
    shown: () => shown,
    async shows(text) {
      await until(async () => ({ shown, code }), (now) => now.shown.includes(text) || now.code !== undefined, 60_000);
      if (!shown.includes(text)) throw new Error(`it ended with ${code} and never showed "${text}":\n${shown.slice(-2_000)}`);
    },
    ctrlC: () => void child.stdin.write('\u0003'),
    type: (text) => void child.stdin.write(text),
    close: () => child.stdin.end(),
    ended,
  };
}
