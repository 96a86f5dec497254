import { untilWord } from '../parts/ask.ts';
import { openHouse } from '../parts/house.ts';
import { inTurn } from '../parts/in-turn.ts';
import { projects } from '../parts/projects.ts';
import { startReloadPeer } from '../parts/reload-peer.ts';
import type { Figures } from '../parts/row.ts';
import { watchApps } from './watch.ts';

/** From `rollback` to the first answer of the former revision, whose child is parked; beside what `--reload` needs to go back to a text it had. */
export async function measureRollback(rounds: number): Promise<Figures> {
  const house = await openHouse();
  const peer = await startReloadPeer(projects.hello);
  try {
    await house.deploy('app', projects.hello.files('even'));
    const watch = await watchApps(house.agent);
    const firstParked = watch.parked('app');
    await house.deploy('app', projects.hello.files('odd'));
    const address = await house.directly('app');
    await firstParked;
    // Who served until then becomes the former: each rollback goes to the other one.
    return await inTurn(rounds, async (round) => {
      const { apps: [app] } = await house.agent.request('status', { appId: 'app' });
      const parked = watch.parked('app');
      const startedAt = performance.now();
      const rolledBack = house.agent.request('rollback', { appId: 'app', generation: app!.generation + 1 });
      const ms = await untilWord(address, round % 2 === 0 ? 'even' : 'odd', startedAt);
      await rolledBack;
      await parked;
      return ms;
    }, (round) => peer.change(round % 2 === 0 ? 'even' : 'odd'));
  } finally {
    await peer.stop();
    await house.close();
  }
}
