import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Controller } from '../../controller.ts';
import { type Asked, type Asker, startAsking } from '../../test-parts/asker.ts';
import { makeApp } from '../../test-parts/bundles.ts';
import { openProcessHouse, type ProcessHouse } from '../../test-parts/process-house.ts';
import { until } from '../../test-parts/until.ts';
import { openWishes, startController, type Wishes } from '../../test-parts/wishes.ts';

const apps = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];

let house: ProcessHouse;
let wishes: Wishes;
let controller: Controller;
let asker: Asker | undefined;
beforeEach(async () => {
  house = await openProcessHouse();
  wishes = openWishes(house);
  controller = startController(wishes.bus, house.runtime, { resyncMs: 300 });
  for (const app of apps) await wishes.live(app, 1, makeApp(app));
}, 60_000);
afterEach(async () => {
  await asker?.stop();
  asker = undefined;
  await controller?.close();
  await wishes?.stop();
  await house?.close();
});

const findZygote = (agent: number): number => readFileSync(`/proc/${agent}/task/${agent}/children`, 'utf8').trim().split(' ').map(Number)
  .find((pid) => readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === 'fapi-zygote')!;
const isRight = ({ app, status, word }: Asked): boolean => status === 200 && word === app;

/** Ends what `kill` ends while everybody asks. Resolves once each app has been asked anew after that and over both ways has answered; answers all that had no right answer. */
async function findFailures(kill: () => void): Promise<Asked[]> {
  const { asked, stop } = (asker = startAsking(house.runtime.gatewayPort, apps));
  const haveAnswered = (since: number) => (): boolean => apps.every((app) => ['fresh', 'kept'].every((way) => asked.some((one) => one.app === app && one.way === way && one.begunAt > since && isRight(one))));
  await until(haveAnswered(0), Boolean);
  const killedAt = performance.now();
  kill();
  await until(haveAnswered(killedAt), Boolean, 30_000);
  await stop();
  const begunAfter = asked.filter(({ begunAt }) => begunAt > killedAt);
  expect(begunAfter.length).toBeGreaterThanOrEqual(2 * apps.length);
  return asked.filter((one) => !isRight(one)).map((one) => ({ ...one, begunAt: one.begunAt - killedAt, endedAt: one.endedAt - killedAt }));
}

describe('whoever asks while a program is away', () => {
  it('has the answer of its app: an agent that was killed, with eight apps', async () => {
    const { agent, gateway } = house.pids();
    expect(await findFailures(() => process.kill(agent!, 'SIGKILL'))).toEqual([]);
    expect(house.pids().agent).not.toBe(agent);
    expect(house.pids().gateway).toBe(gateway);
  }, 90_000);

  it('has the answer of its app: a zygote that was killed', async () => {
    const { agent } = house.pids();
    const born = await Promise.all(apps.map(async (app) => (await house.visit(app)).body.born));
    const zygote = findZygote(agent!);
    expect(await findFailures(() => process.kill(zygote, 'SIGKILL'))).toEqual([]);
    await until(() => findZygote(agent!), (pid) => pid !== undefined && pid !== zygote);
    expect(await Promise.all(apps.map(async (app) => (await house.visit(app)).body.born))).toEqual(born);
  }, 90_000);

  it('is refused, or broken off, and told nothing wrong: a gateway that was killed', async () => {
    const { agent, gateway } = house.pids();
    const failures = await findFailures(() => process.kill(gateway!, 'SIGKILL'));
    expect(failures.filter(({ status }) => status !== 0)).toEqual([]);
    expect(house.pids().agent).toBe(agent);
  }, 90_000);
});
