import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { pythonPath, root } from '../../tools/parts/paths.ts';
import type { Figures } from '../parts/row.ts';

/** Apps of the runner's `tests/hogs`, and what they do. */
export const hogs = {
  busy_loops: 'twenty loops that never wait',
  memory_hog_forked: 'eight processes that fill 400 MiB each, again and again',
} as const;

/** The 99th percentile of an app's answers while another one attacks, beside the same app alone. */
export async function measureNeighbour(hog: keyof typeof hogs, rounds: number): Promise<Figures> {
  const { stdout } = await promisify(execFile)(pythonPath(), [join(root, 'bench/python/neighbours.py'), hog, String(rounds)], { env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' } });
  return JSON.parse(stdout) as Figures;
}
