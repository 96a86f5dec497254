import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { takeLock } from '../src/store/disk/lock-file.ts';

const taker = `
  import { takeLock } from ${JSON.stringify(new URL('../src/store/disk/lock-file.ts', import.meta.url).href)};
  import { createInterface } from 'node:readline';
  let release;
  for await (const file of createInterface({ input: process.stdin })) {
    if (file === 'release') { await release?.(); release = undefined; console.log('released'); continue; }
    try { release = await takeLock(file); console.log('taken'); } catch (error) { console.log(error.name); }
  }
`;
const [processes, rounds] = [6, 60];
let folder: string;
let starts: { child: ChildProcessWithoutNullStreams; ask(line: string): Promise<string> }[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fapi-lock-'));
  starts = Array.from({ length: processes }, () => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', taker]);
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    return { child, async ask(line) {
      child.stdin.write(`${line}\n`);
      return (await lines.next()).value ?? 'ended';
    } };
  });
});

afterAll(async () => {
  for (const { child } of starts) child.stdin.end();
  await rm(folder, { recursive: true, force: true });
});

const askAll = (line: string): Promise<string[]> => Promise.all(starts.map((start) => start.ask(line)));

it.for([
  ['there is no lock yet', undefined],
  ['the lock is one of a process that was killed', '4194999 1'],
  ['the lock is empty, as a full disk leaves it', ''],
] as const)('lets one of many starts have the folder when %s', { timeout: 60_000 }, async ([, left]) => {
  for (let round = 0; round < rounds; round++) {
    const place = join(folder, `${left ?? 'none'}-${round}`);
    await mkdir(place);
    if (left !== undefined) await writeFile(join(place, 'lock'), left);
    expect((await askAll(join(place, 'lock'))).toSorted()).toEqual([...Array.from({ length: processes - 1 }, () => 'LockedError'), 'taken']);
    await askAll('release');
    expect(await readdir(place)).toEqual([]);
  }
});

it('is taken over when a start was killed while it took over', async () => {
  for (const name of ['lock', 'lock.next', 'lock.next.next']) await writeFile(join(folder, name), '4194999 1');
  const release = await takeLock(join(folder, 'lock'));
  await expect(takeLock(join(folder, 'lock'))).rejects.toThrow(`in use by process ${process.pid}`);
  await release();
  expect((await readdir(folder)).filter((name) => name.startsWith('lock'))).toEqual([]);
});

it('is left alone by a release that comes when somebody else has it', async () => {
  const file = join(folder, 'other', 'lock');
  const release = await takeLock(file);
  await writeFile(file, '1 1 other');
  await release();
  expect(await readdir(join(folder, 'other'))).toEqual(['lock']);
});
