import { readFile } from 'node:fs/promises';

/** When a process began, in clock ticks since boot (field 22 of /proc/<pid>/stat): with the pid it names one process for ever. Undefined when there is none, or only what is left of one that nobody has reaped. */
export async function readStartTicks(pid: number): Promise<string | undefined> {
  try {
    const text = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The second field is the program's name and may hold blanks and brackets.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}
