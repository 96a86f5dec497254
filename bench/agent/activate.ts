import { timeAnswer, untilWord } from '../parts/ask.ts';
import { type House, openHouse } from '../parts/house.ts';
import { inTurn } from '../parts/in-turn.ts';
import { type Project, projects } from '../parts/projects.ts';
import type { Figures } from '../parts/row.ts';

/** From `activate` of an adopted draft to the first new answer, beside an answer of the running app. */
export async function measureActivate(name: keyof typeof projects, rounds: number): Promise<Figures> {
  const house = await openHouse();
  try {
    await house.deploy('app', projects[name].files('first'));
    const address = await house.directly('app');
    return await inTurn(rounds, (round) => timeActivate(house, 'app', projects[name], round), () => timeAnswer(address));
  } finally {
    await house.close();
  }
}

/** One switch of an app that serves already. */
export async function timeActivate(house: House, appId: string, project: Project, round: number): Promise<number> {
  const address = await house.directly(appId);
  const prepared = await house.prepare(appId, await house.draft(appId, project.files(`word ${round}`)));
  if (!prepared.adopted) throw new Error('the draft was not adopted');
  await house.rested();
  const startedAt = performance.now();
  const activated = house.activate(prepared);
  const ms = await untilWord(address, `word ${round}`, startedAt);
  await activated;
  return ms;
}
