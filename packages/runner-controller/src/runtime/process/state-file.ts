import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as z from 'zod/mini';
import { readStartTicks } from '../../program/start-ticks.ts';

/** How a detached program says that it is there: with its start time a pid names it for ever. */
export const RunningProgram = z.object({ pid: z.int(), startTicks: z.coerce.string(), identity: z.string(), port: z.optional(z.int()) });
export type RunningProgram = z.infer<typeof RunningProgram>;

/** Reads a state file; absent, half-written or foreign ones are `undefined`. */
export async function findProgram(file: string): Promise<RunningProgram | undefined> {
  try {
    const program = z.parse(RunningProgram, JSON.parse(await readFile(file, 'utf8')));
    return (await readStartTicks(program.pid)) === program.startTicks ? program : undefined;
  } catch {
    return undefined;
  }
}

/** The newest controller that has used this folder; 0 when there was none. */
export async function readEpoch(file: string): Promise<number> {
  const epoch = Number(await readFile(file, 'utf8').catch(() => '0'));
  return Number.isSafeInteger(epoch) ? epoch : 0;
}

/** Raises the counter of controllers that have used this folder, and answers it: agents refuse lower ones. */
export async function raiseEpoch(file: string): Promise<number> {
  await mkdir(dirname(file), { recursive: true });
  const epoch = (await readEpoch(file)) + 1;
  await writeFile(`${file}.new`, String(epoch), { flush: true });
  await rename(`${file}.new`, file);
  return epoch;
}
