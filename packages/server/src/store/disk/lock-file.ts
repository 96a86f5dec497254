import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Somebody else holds the folder: the message says who, in one sentence. */
export class LockedError extends Error {
  override readonly name = 'LockedError';
}

/**
 * Takes an exclusive lock: PGlite itself has none, and two processes on one folder lose acknowledged rows.
 * The holder is named by pid and start time, so that a file left by a killed process holds nobody up. Answers the release.
 */
export async function takeLock(file: string): Promise<() => Promise<void>> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const own = `${process.pid} ${(await readStartTicks(process.pid)) ?? ''}`;
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      const handle = await open(file, 'wx', 0o600);
      await handle.writeFile(own).finally(() => handle.close());
      return () => rm(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const [pid, ticks] = (await readFile(file, 'utf8').catch(() => '')).split(' ');
      if (pid && ticks && (await readStartTicks(Number(pid))) === ticks) throw new LockedError(`The data folder ${dirname(file)} is in use by process ${pid}: end it, or set FAPI_DATA_DIR to another folder.`);
      await rm(file, { force: true });
    }
  }
  throw new LockedError(`The lock ${file} could not be taken: another start is going on.`);
}

/** Field 22 of /proc/<pid>/stat; undefined when there is no such process, or only what is left of one that nobody has reaped. */
async function readStartTicks(pid: number): Promise<string | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
}
