import { readdirSync, readFileSync } from 'node:fs';

const numbers = /^\d+$/;

/** The process and all below it. Those in namespaces of their own are here under the numbers that the host sees. */
export function listTree(pid: number): number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    if (!numbers.test(name)) continue;
    const parent = readParent(name);
    if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const found = [pid];
  for (const one of found) found.push(...(children.get(one) ?? []));
  return found;
}

/** Its share of the memory it is in, in MiB: what several processes have together is divided among them. 0 when it has ended. */
export function readPssMebibytes(pid: number): number {
  const text = read(`/proc/${pid}/smaps_rollup`);
  return Number(/^Pss:\s+(\d+) kB$/m.exec(text)?.[1] ?? 0) / 1024;
}

export const readCommand = (pid: number): string => read(`/proc/${pid}/comm`).trim();

/** What the machine can still give away, in MiB. */
export const readAvailableMebibytes = (): number => Number(/^MemAvailable:\s+(\d+) kB$/m.exec(read('/proc/meminfo'))?.[1] ?? 0) / 1024;

function readParent(pid: string): number | undefined {
  const text = read(`/proc/${pid}/stat`);
  return text === '' ? undefined : Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[1]);
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
