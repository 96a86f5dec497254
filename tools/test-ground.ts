import { existsSync } from 'node:fs';
import { chmod, mkdir, readdir, readlink, rm, statfs } from 'node:fs/promises';
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
  if (process.env['TMPDIR'] !== undefined || !existsSync(memory)) return async () => {};
  const world = await findWorld();
  await removeLeft(world);
  if (!(await hasRoom())) return async () => {};
  const made = join(memory, `fapi-${world}-${process.pid}`);
  await mkdir(made);
  // Like any /tmp: some tests become somebody else.
  await chmod(made, 0o1777);
  folder = made;
  return () => rm(made, { recursive: true, force: true });
}

const hasRoom = (): Promise<boolean> => statfs(memory).then(({ type, bavail, bsize }) => type === tmpfs && bavail * bsize >= neededBytes, () => false);

/** Containers may share their memory, and not their processes: the number of a process says who it is only here. */
const findWorld = (): Promise<string> => readlink('/proc/self/ns/pid').then((name) => name.replaceAll(/\D/g, ''), () => '0');

/** What a run left that was killed. */
async function removeLeft(world: string): Promise<void> {
  for (const name of await readdir(memory)) {
    const [kind, from, pid] = name.split('-');
    if (kind === 'fapi' && from === world && !isAlive(Number(pid))) await rm(join(memory, name), { recursive: true, force: true }).catch(() => {
      // Somebody else's run: in a folder that is everybody's, only they may take it away.
    });
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
