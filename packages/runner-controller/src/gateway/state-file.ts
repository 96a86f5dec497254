import { readFile, rename, rm, writeFile } from 'node:fs/promises';

export interface GatewayState {
  pid: number;
  /** '' where the system tells it nowhere. */
  startTicks: string;
  port: number;
  identity: string;
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
