import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
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
  const own = `${process.pid} ${(await readStartTicks(process.pid)) ?? ''} ${randomUUID()}`;
  await hold(file, own, deepest);
  return () => letGo(file, own);
}

/** Of starts that were killed in the middle of taking over: each one more in a row needs a name more. */
const deepest = 5;

/** The name comes with what is in it, by a link: an empty file would be read as one that nobody holds. */
async function hold(file: string, own: string, depth: number): Promise<void> {
  const written = `${file}.${randomUUID()}`;
  await writeFile(written, own, { flag: 'wx', mode: 0o600 });
  try {
    for (let attempt = 0; attempt < 3; attempt++) {
      if (await isLinked(written, file)) return;
      await requireDead(file);
      if (depth === 0) break;
      // Whoever deletes or replaces what a dead process left must be alone in it: two would take each other's fresh lock for the one they have read.
      const next = `${file}.next`;
      await hold(next, own, depth - 1);
      try {
        await requireDead(file);
        // Over the dead one, or over nothing when it was released meanwhile; a live one cannot come instead while there is a name.
        if ((await readFile(file, 'utf8').catch(() => undefined)) === undefined) continue;
        await rename(written, file);
        return;
      } finally {
        await letGo(next, own);
      }
    }
  } finally {
    await rm(written, { force: true });
  }
  throw new LockedError(`The lock ${file} could not be taken: another start is going on.`);
}

async function isLinked(written: string, file: string): Promise<boolean> {
  try {
    await link(written, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  }
}

async function requireDead(file: string): Promise<void> {
  const [pid, ticks] = (await readFile(file, 'utf8').catch(() => '')).split(' ');
  if (pid && ticks && (await readStartTicks(Number(pid))) === ticks) throw new LockedError(`The data folder ${dirname(file)} is in use by process ${pid}: end it, or set FAPI_DATA_DIR to another folder.`);
}

/** Only one's own: while its process lives, nobody replaces it. */
async function letGo(file: string, own: string): Promise<void> {
  if ((await readFile(file, 'utf8').catch(() => undefined)) === own) await rm(file, { force: true });
}

/** Field 22 of /proc/<pid>/stat; undefined when there is no such process, or only what is left of one that nobody has reaped. */
async function readStartTicks(pid: number): Promise<string | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
}
