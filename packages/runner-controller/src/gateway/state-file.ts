import { readFile, rename, rm, writeFile } from 'node:fs/promises';

export interface GatewayState {
  pid: number;
  /** Start time of the process in clock ticks since boot: with the pid it names one process for ever. */
  startTicks: string;
  port: number;
  identity: string;
}

/** Field 22 of /proc/self/stat, or '' where there is no such file. */
export async function readStartTicks(): Promise<string> {
  const stat = await readFile('/proc/self/stat', 'utf8').catch(() => '');
  // The second field is the program's name and may hold blanks and brackets.
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}

/** Readers see the old file or the whole new one. */
export async function writeStateFile(file: string, state: GatewayState): Promise<void> {
  const draft = `${file}.${state.pid}`;
  await writeFile(draft, `${JSON.stringify(state)}\n`, { mode: 0o600 });
  await rename(draft, file);
}

/** Takes the file away unless another gateway has written it since. */
export async function removeStateFile(file: string, state: GatewayState): Promise<void> {
  const text = await readFile(file, 'utf8').catch(() => '');
  if (text.trim() === JSON.stringify(state)) await rm(file, { force: true });
}
