import { readdir, readFile } from 'node:fs/promises';
import type { MarkedProcess } from './marked.ts';

/** Every living process below these, also of those that were given another environment than their parents'. */
export async function descendantsOf(pids: readonly number[]): Promise<MarkedProcess[]> {
  const all = await Promise.all((await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(async (name) => {
    try {
      const stat = await readFile(`/proc/${name}/stat`, 'utf8');
      const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return state === 'Z' ? [] : [{ pid: Number(name), parent: Number(parent), command: (await readFile(`/proc/${name}/cmdline`, 'utf8')).replaceAll('\0', ' ').trim() }];
    } catch {
      return []; // It ended while we looked.
    }
  }));
  const processes = all.flat();
  const found = new Set(pids);
  for (let before = 0; before < found.size;) {
    before = found.size;
    for (const { pid, parent } of processes) if (found.has(parent)) found.add(pid);
  }
  return processes.filter(({ pid }) => found.has(pid)).map(({ pid, command }) => ({ pid, command }));
}
