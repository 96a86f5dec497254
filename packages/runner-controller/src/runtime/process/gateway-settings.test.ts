import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeApp } from '../../test-parts/bundles.ts';
import { openProcessHouse, type ProcessHouse } from '../../test-parts/process-house.ts';
import { visitAt } from '../../test-parts/visit.ts';
import { offerWanted } from '../../test-parts/wanted.ts';

let house: ProcessHouse;
beforeEach(async () => {
  house = await openProcessHouse();
});
afterEach(() => house?.close());

const never = new AbortController().signal;

it.each([
  ['at one address of the machine', { host: '127.0.0.2' }, 'localhost'],
  ['under a suffix of its own', { host: '127.0.0.1', environment: { FAPI_GATEWAY_SUFFIXES: ' .apps.example' } }, 'apps.example'],
])('a gateway that is to serve %s from now on is another one, and a switch is seen through it', async (_title, settings, suffix) => {
  const { gateway } = house.pids();
  await house.runtime.close();
  const runtime = await house.openRuntime({ gateway: { port: 0, ...settings } });
  expect(house.pids().gateway).not.toBe(gateway);
  const wanted = offerWanted(house, 'a', 1, makeApp('one'));
  await runtime.prepare(wanted, never);
  await runtime.activate(wanted, never);
  expect(await runtime.verify(wanted, never)).toEqual({ revision: wanted.revision, generation: 1 });
  expect(await visitAt(settings.host, runtime.gatewayPort, `a.${suffix}`, '/')).toMatchObject({ status: 200, body: { word: 'one' } });
});
