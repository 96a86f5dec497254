import { expect, it, onTestFinished } from 'vitest';
import { makeApp } from '../../test-parts/bundles.ts';
import { openProcessHouse } from '../../test-parts/process-house.ts';
import { visitAt } from '../../test-parts/visit.ts';
import { openWishes, startController } from '../../test-parts/wishes.ts';

it('a deploy is seen through a gateway that serves another domain than localhost', async () => {
  const house = await openProcessHouse({ gateway: { port: 0, host: '127.0.0.1', environment: { FAPI_GATEWAY_SUFFIXES: '.apps.example, other.example' } } });
  onTestFinished(() => house.close());
  const wishes = openWishes(house);
  const controller = startController(wishes.bus, house.runtime);
  await wishes.live('a', 1, makeApp('one'));
  await controller.close();
  await wishes.stop();
  const ask = (name: string) => visitAt('127.0.0.1', house.runtime.gatewayPort, name, '/');
  expect([await ask('a.apps.example'), await ask('a.other.example'), await ask('a.localhost')]).toMatchObject([{ body: { word: 'one' } }, { body: { word: 'one' } }, { status: 404 }]);
});
