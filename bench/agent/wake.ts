import { ask, timeAnswer, untilWord } from '../parts/ask.ts';
import { type House, openHouse } from '../parts/house.ts';
import { inTurn } from '../parts/in-turn.ts';
import { projects } from '../parts/projects.ts';
import type { Figures } from '../parts/row.ts';

/** From the request that finds a frozen app to its answer, beside an answer of the running app. */
export async function measureWakeFrozen(rounds: number): Promise<Figures> {
  const house = await openHouse();
  try {
    const { generation } = await house.deploy('app', projects.hello.files('here'));
    const address = await house.directly('app');
    await ask(address, '/word');
    return await inTurn(rounds, async () => {
      await freeze(house, generation);
      return timeAnswer(address);
    }, () => timeAnswer(address));
  } finally {
    await house.close();
  }
}

/** From the request that finds an ended app to its answer, beside a start that nothing was prepared for. */
export async function measureWakeGone(rounds: number): Promise<Figures> {
  const house = await openHouse();
  const { hello } = projects;
  try {
    const { generation } = await house.deploy('app', hello.files('here'));
    await house.deploy('peer', hello.files('before'));
    const [address, peerAddress] = [await house.directly('app'), await house.directly('peer')];
    return await inTurn(rounds, async () => {
      await house.agent.request('sleep', { appId: 'app', generation });
      await house.rested();
      return timeAnswer(address);
    }, async (round) => {
      const digest = await house.put(hello.files(`peer ${round}`));
      await house.rested();
      const startedAt = performance.now();
      const activated = house.prepare('peer', digest).then(house.activate);
      const ms = await untilWord(peerAddress, `peer ${round}`, startedAt);
      await activated;
      return ms;
    });
  } finally {
    await house.close();
  }
}

/** A connection that was closed a moment ago still counts as a guest. */
async function freeze({ agent }: House, generation: number): Promise<void> {
  const deadline = performance.now() + 5_000;
  for (;;) {
    try {
      await agent.request('freeze', { appId: 'app', generation });
      return;
    } catch (error) {
      if (performance.now() > deadline) throw error;
    }
  }
}
