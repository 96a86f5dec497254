import { afterEach, beforeEach, expect, it } from 'vitest';
import { connectNatsBus, NotInChargeError, type WorkBus } from '@fapi/runner-controller/work';
import { type NatsServer, startNats } from '../../../tools/parts/nats.ts';
import { type LanguageSeat, ready, takeLanguageSeat, visit } from './parts/language-socket.ts';
import { startSystem, type System, until } from './parts/system.ts';

/** A server and two controllers, of which one stands by, over a real NATS. */
let [nats, serverBus, bus, standbyBus, system] = [] as unknown as [NatsServer, WorkBus, WorkBus, WorkBus, System];
let [seat, standby] = [] as unknown as [LanguageSeat, LanguageSeat];
beforeEach(async () => {
  nats = await startNats();
  [serverBus, bus, standbyBus] = await Promise.all([1, 2, 3].map(() => connectNatsBus({ url: nats.url }))) as [WorkBus, WorkBus, WorkBus];
  [seat, standby] = [takeLanguageSeat(bus), takeLanguageSeat(standbyBus)];
  standby.play = () => Promise.reject(new NotInChargeError('another one acts'));
  system = await startSystem({}, { bus: serverBus });
}, 60_000);
afterEach(async () => {
  await Promise.all([seat.leave(), standby.leave()]);
  await system.stop();
  await Promise.all([serverBus, bus, standbyBus].map((each) => each.close()));
  await nats.stop();
});

it('goes to the controller in charge, ends with a gap when NATS is lost, and opens again when it is back', async () => {
  const appId = (await system.call('/v1/apps', { method: 'POST', body: { title: 'App' } })).json.id;
  const enter = async (): Promise<string> => visit(system, appId).enter(system.server.operatorKey).catch((error: Error) => error.message);
  const socket = visit(system, appId);
  await until(async () => (seat.openings.length > 0 ? true : (await enter()) === ready), Boolean, 20_000);
  expect(await socket.enter(system.server.operatorKey)).toBe(ready);
  for (let id = 0; id < 100; id++) socket.say({ jsonrpc: '2.0', id, text: 'x'.repeat(5_000) });
  await until(() => socket.texts.length, (count) => count === 101, 20_000);
  expect(socket.texts.slice(1).map((text) => JSON.parse(JSON.parse(text).echo).id)).toEqual(Array.from({ length: 100 }, (_, id) => id));
  const at = seat.sessions.length - 1;
  await nats.kill();
  expect(await socket.ended).toMatchObject({ code: 4409, reason: 'session_gap' });
  expect(await seat.sessions[at]!.ended).toMatchObject({ reason: 'gap' });
  expect(await enter()).toBe('4503 runner_unavailable');
  await nats.restart();
  await until(enter, (answer) => answer === ready, 30_000);
}, 90_000);
