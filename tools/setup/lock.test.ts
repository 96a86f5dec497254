import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { withLock } from './lock.ts';

const lockFile = fileURLToPath(new URL('lock.ts', import.meta.url));

/** A program that takes the lock, says so, and holds it until its input ends. */
async function holder(name: string): Promise<ChildProcess> {
  const program = `const { withLock } = await import(${JSON.stringify(lockFile)}); await withLock(${JSON.stringify(name)}, async () => { console.log('held'); for await (const _ of process.stdin); });`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout!, 'data');
  return child;
}

it('waits for another process that holds the name, and not for one that holds another', async () => {
  const name = `test-${process.pid}-a`;
  const other = await holder(name);
  const order: string[] = [];
  const mine = withLock(name, async () => void order.push('mine'));
  await withLock(`${name}-other`, async () => void order.push('elsewhere'));
  order.push('the holder ends');
  other.stdin!.end();
  await mine;
  expect(order).toEqual(['elsewhere', 'the holder ends', 'mine']);
});

it('is free when its holder was killed, or its work failed', async () => {
  const name = `test-${process.pid}-b`;
  const other = await holder(name);
  const mine = withLock(name, async () => { throw new Error('the work failed'); });
  other.kill('SIGKILL');
  await expect(mine).rejects.toThrow('the work failed');
  expect(await withLock(name, async () => 'free')).toBe('free');
});

it('lets those who wait in one after the other', async () => {
  let inside = 0;
  const seen: number[] = [];
  await Promise.all(Array.from({ length: 5 }, () => withLock(`test-${process.pid}-c`, async () => {
    seen.push(++inside);
    await new Promise((resolve) => setImmediate(resolve));
    inside--;
  })));
  expect(seen).toEqual([1, 1, 1, 1, 1]);
});
