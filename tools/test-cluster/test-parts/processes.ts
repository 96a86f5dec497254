import { readdirSync, readFileSync } from 'node:fs';

/** Every living process below one, by process id: a zombie has ended. */
export function descendantsOf(pid: number): number[] {
  const parents = readdirSync('/proc').filter((name) => /^\d+$/.test(name)).flatMap((name) => {
    const stat = statOf(Number(name));
    return stat === undefined ? [] : [{ pid: Number(name), parent: stat.parent }];
  });
  const below = (parent: number): number[] => parents.filter((entry) => entry.parent === parent).flatMap((entry) => [entry.pid, ...below(entry.pid)]);
  return below(pid);
}

export const isAlive = (pid: number): boolean => statOf(pid) !== undefined;

function statOf(pid: number): { parent: number } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name between the parentheses may hold anything.
    const [state, parent] = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' ? undefined : { parent: Number(parent) };
  } catch {
    return undefined;
  }
}
