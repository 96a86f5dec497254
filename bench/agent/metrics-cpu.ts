import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { pythonPath, root, runnerPath } from '../../tools/parts/paths.ts';
import type { Figures } from '../parts/row.ts';

/** CPU time of a request in one child that counts, beside the same child that does not. */
export async function measureMetricsCpu(rounds: number): Promise<Figures> {
  const { stdout } = await promisify(execFile)(pythonPath(), [join(root, 'bench/python/metrics_cpu.py'), String(rounds)], { env: { ...process.env, PYTHONPATH: runnerPath, PYTHONDONTWRITEBYTECODE: '1' }, maxBuffer: 2 ** 24 });
  return JSON.parse(stdout) as Figures;
}
