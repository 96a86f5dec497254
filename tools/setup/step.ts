import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';

/** Something is missing or broken that the person can mend: the message is one sentence that says how. */
export class SetupError extends Error {
  override readonly name = 'SetupError';
}

/** What no machine of this kind, or no user without root's rights, can have. */
export class ElsewhereError extends SetupError {}

/** Runs a long step, showing that it goes on: a counting line on a terminal, one line elsewhere. */
export async function step<T>(title: string, work: () => Promise<T>): Promise<T> {
  const startedAt = performance.now();
  const seconds = (): string => `${((performance.now() - startedAt) / 1_000).toFixed(0)} s`;
  const isTerminal = process.stdout.isTTY;
  if (!isTerminal) console.log(`${title} ...`);
  const timer = isTerminal ? setInterval(() => process.stdout.write(`\r${title} ... ${seconds()} `), 250) : undefined;
  try {
    return await work();
  } finally {
    clearInterval(timer);
    if (isTerminal) process.stdout.write(`\r${title}: ${seconds()}   \n`);
  }
}

export interface Outcome { code: number; stdout: string; stderr: string }

/** Runs a program to its end and answers what it printed; a program that is not there answers code 127. */
export function run(program: string, args: readonly string[], options: { cwd?: string; env?: NodeJS.ProcessEnv } = {}): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    endTogether(child);
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.on('error', (error) => resolve({ code: 127, stdout, stderr: String(error) }));
    child.on('close', (code) => resolve({ code: code ?? 1, stdout, stderr }));
  });
}

/** Runs a program with our own output, and answers its exit code. */
export function show(program: string, args: readonly string[], options: { cwd?: string; env?: NodeJS.ProcessEnv } = {}): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { ...options, stdio: ['ignore', 'inherit', 'inherit'] });
    endTogether(child);
    child.on('error', () => resolve(127));
    child.on('close', (code) => resolve(code ?? 1));
  });
}

/** Whoever ends us ends the program that we wait for: it gets the signal, and we leave when it has. A terminal reaches both by itself, `kill` only us. */
function endTogether(child: ChildProcess): void {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const onSignal = (signal: NodeJS.Signals): void => {
    child.once('close', () => process.exit(128 + constants.signals[signal]));
    child.kill(signal);
  };
  for (const signal of signals) process.on(signal, onSignal);
  child.once('close', () => signals.forEach((signal) => process.off(signal, onSignal)));
}

/** The last lines of what a program said, for an error. */
export function lastWords(outcome: Outcome): string {
  return `${outcome.stdout}\n${outcome.stderr}`.trim().split('\n').slice(-8).join('\n');
}
