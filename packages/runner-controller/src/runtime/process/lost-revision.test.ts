import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { makeApp } from '../../test-parts/bundles.ts';
import { openProcessHouse } from '../../test-parts/process-house.ts';
import { until } from '../../test-parts/until.ts';
import { openWishes, startController } from '../../test-parts/wishes.ts';

it('sends a revision again whose files are gone when its app crashes', async () => {
  const house = await openProcessHouse();
  onTestFinished(() => house.close());
  const wishes = openWishes(house);
  const controller = startController(wishes.bus, house.runtime);
  onTestFinished(async () => {
    await controller.close();
    await wishes.stop();
  });
  await wishes.live('app', 1, makeApp('one'));
  const find = async () => (await house.withAgent((agent) => agent.request('status', { appId: 'app' }))).apps[0]!;
  const { active } = await find();
  rmSync(join(house.dataDir, 'agent/revisions', active!.digest), { recursive: true });
  await house.killRunner('app');
  const back = await until(find, (app) => app.active !== undefined && app.active.pid !== active!.pid, 20_000);
  expect(back.active).toMatchObject({ generation: 1, digest: active!.digest });
}, 60_000);
