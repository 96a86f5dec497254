import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect } from 'vitest';

export interface Outcome { code: number; stdout: string; stderr: string }

/** Runs a program to its end. */
export async function runToEnd(program: string, args: readonly string[], options: { cwd: string; env: NodeJS.ProcessEnv }): Promise<Outcome> {
  const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number];
  return { code, stdout, stderr };
}

/** Exit code 1 and one sentence that a person can act on: no trace, no second line. */
export function expectOneSentence({ code, stderr }: Outcome, pattern: RegExp): void {
  expect(stderr.trim()).toMatch(pattern);
  expect(stderr.trim().split('\n'), stderr).toHaveLength(1);
  expect(stderr).toMatch(/(?::|;|,) .*\b(set|end|free|install|connect|choose|make|name)\b.*\.\s*$/);
  expect(code).toBe(1);
}
