import { chmod, mkdir, readdir, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from './parts/paths.ts';

const memory = '/dev/shm';
const tmpfs = 0x01021994;
const neededBytes = 4e9;

/** Where the tests of Node keep their temporary files, where that is not the usual place. */
export const temporaryFolder = (): Record<string, string> => (folder === undefined ? {} : { TMPDIR: folder });
let folder: string | undefined;

/**
 * Makes tests cheap, and changes nothing that they look at: WebAssembly is compiled once, and temporary files lie in memory
 * where there is enough of it: to copy a database and to delete it takes a second of a core on a disk. Not for the tests of
 * the runner, whose apps have a `/dev` of their own before their Python. Resolves with what takes the files away again.
 */
export async function layGround(): Promise<() => Promise<void>> {
  process.env['NODE_OPTIONS'] = `${process.env['NODE_OPTIONS'] ?? ''} --require=${JSON.stringify(join(root, 'tools/parts/light-wasm.cjs'))}`.trim();
  if (process.env['TMPDIR'] !== undefined || !(await hasRoom())) return async () => {};
  await removeLeft();
  const made = join(memory, `fapi-${process.pid}`);
  await mkdir(made);
  // Like any /tmp: some tests become somebody else.
  await chmod(made, 0o1777);
  folder = made;
  return () => rm(made, { recursive: true, force: true });
}

const hasRoom = (): Promise<boolean> => statfs(memory).then(({ type, bavail, bsize }) => type === tmpfs && bavail * bsize >= neededBytes, () => false);

/** What a run left that was killed. */
async function removeLeft(): Promise<void> {
  for (const name of await readdir(memory)) {
    const pid = Number(/^fapi-(\d+)$/.exec(name)?.[1] ?? 0);
    if (pid > 0 && !isAlive(pid)) await rm(join(memory, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
