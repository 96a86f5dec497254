import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { makeApp, makeBundle } from '../../test-parts/bundles.ts';
import { openProcessHouse } from '../../test-parts/process-house.ts';
import { openWishes, startController } from '../../test-parts/wishes.ts';

/** A file system without room for anything. */
function mountFull(folder: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4k,nr_inodes=1', 'tmpfs', folder], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
const canMount = (() => {
  const folder = mkdtempSync(join(tmpdir(), 'fapi-mount-'));
  const can = mountFull(folder);
  if (can) execFileSync('umount', [folder]);
  rmSync(folder, { recursive: true });
  return can;
})();

it.skipIf(!canMount)('says at the deploy that the disk of the runner is full, and deploys when there is space (needs the right to mount)', async () => {
  const house = await openProcessHouse();
  onTestFinished(() => house.close());
  const wishes = openWishes(house);
  const controller = startController(wishes.bus, house.runtime);
  onTestFinished(async () => {
    await controller.close();
    await wishes.stop();
  });
  const revisions = join(house.dataDir, 'agent/revisions');
  expect(mountFull(revisions)).toBe(true);
  try {
    await wishes.deploy('app', 1, makeApp('one'));
    const ended = await wishes.until('app', ({ phase }) => phase !== 'working');
    expect(ended).toMatchObject({ phase: 'failed', reason: 'bundle_unavailable', message: expect.stringMatching(/^The runner's disk is full, or has no inodes left: /) });
  } finally {
    execFileSync('umount', ['-l', revisions]);
  }
  await wishes.live('app', 2, makeApp('two'));
}, 60_000);

it.skipIf(!canMount)('says at the switch that the disk of the runner is full, and what served goes on (needs the right to mount)', async () => {
  const house = await openProcessHouse();
  onTestFinished(() => house.close());
  const want = (generation: number, word: string) => {
    const bundle = makeBundle(makeApp(word));
    house.offer(bundle);
    return { appId: 'app', host: 'app', generation, envVersion: 0, settings: { exclusive: false, idleFreezeS: null, idleStopS: null }, egress: [], revision: bundle.revision, bundleSha256: bundle.bundleSha256 };
  };
  const { signal } = new AbortController();
  const [one, two] = [want(1, 'one'), want(2, 'two')];
  await house.runtime.prepare(one, signal);
  await house.runtime.activate(one, signal);
  await house.runtime.prepare(two, signal);
  const links = join(house.dataDir, 'agent/live');
  expect(mountFull(links)).toBe(true);
  try {
    await expect(house.runtime.activate(two, signal)).rejects.toMatchObject({ name: 'NotServedError', what: 'bundle', message: expect.stringMatching(/^The runner's disk is full, or has no inodes left: /) });
  } finally {
    execFileSync('umount', ['-l', links]);
  }
  expect(await house.runtime.observe('app')).toMatchObject({ active: { generation: 1 }, health: 'running' });
}, 60_000);
