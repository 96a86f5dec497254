import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { until } from '../visit.ts';

export interface MarkedProcess { pid: number; command: string }

export interface Mark {
  /** Give it to the first program: PATH is the one variable that agent, zygote, children and gateway inherit. */
  readonly path: string;
  /** Every living process that has the mark, whoever its parent is by now. */
  alive(): Promise<MarkedProcess[]>;
}

/** SIGKILL of the agent, wherever it hides; resolves when its runners have ended with it: until then one of them may still answer. */
export async function killAgent(mark: Mark): Promise<void> {
  const family = (await mark.alive()).filter(({ command }) => command.includes('fapi_runner'));
  for (const { pid, command } of family) if (command.includes('fapi_runner agent')) process.kill(pid, 'SIGKILL');
  const pids = new Set(family.map(({ pid }) => pid));
  await until(() => mark.alive(), (alive) => !alive.some(({ pid }) => pids.has(pid)));
}

/** SIGKILL of the gateway, which is a process of its own in both shapes. */
export async function killGateway(mark: Mark): Promise<void> {
  const found = (await mark.alive()).filter(({ command }) => command.includes('gateway/main.ts'));
  for (const { pid } of found) process.kill(pid, 'SIGKILL');
  await until(() => mark.alive(), (alive) => !alive.some(({ pid }) => found.some((one) => one.pid === pid)));
}

/** A mark that all processes of one start carry, so that what is left over is found wherever it hides. */
export function makeMark(): Mark {
  const folder = `/fapi-mark-${randomBytes(8).toString('hex')}`;
  return {
    path: `${process.env['PATH']}:${folder}`,
    async alive() {
      const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
      const found = await Promise.all(pids.map(async (pid) => {
        try {
          const environment = await readFile(`/proc/${pid}/environ`, 'utf8');
          if (!environment.includes(folder)) return [];
          const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
          const isZombie = stat.slice(stat.lastIndexOf(')') + 2).startsWith('Z');
          return isZombie ? [] : [{ pid, command: (await readFile(`/proc/${pid}/cmdline`, 'utf8')).replaceAll('\0', ' ').trim() }];
        } catch {
          return []; // It ended while we looked.
        }
      }));
      return found.flat();
    },
  };
}
