import { connectNatsBus, type RunnerSpec, type WorkBus } from '@fapi/runner-controller/work';
import { connect, type NatsConnection } from 'nats';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type NatsServer, startNats } from '../../../tools/parts/nats.ts';
import { type Proxy, startProxy } from '../../../tools/parts/proxy.ts';
import { makeStatus, startSystem, type System, until } from './parts/system.ts';

/** A server whose way to a real NATS is bad. The test plays the controller, whose way is good. */
let [nats, proxy, system, serverBus, bus, raw] = [] as unknown as [NatsServer, Proxy, System, WorkBus, WorkBus, NatsConnection];
let words: (RunnerSpec | 'caught_up')[] = [];
let watching: AbortController;
beforeEach(async () => {
  nats = await startNats();
  proxy = await startProxy(Number(new URL(nats.url).port));
  serverBus = await connectNatsBus({ url: `nats://127.0.0.1:${proxy.port}` });
  bus = await connectNatsBus({ url: nats.url });
  raw = await connect({ servers: nats.url, maxReconnectAttempts: -1, reconnectTimeWait: 100 });
  system = await startSystem();
  await system.restart(serverBus);
  words = [];
  watching = new AbortController();
  void (async () => {
    for await (const word of bus.specs.watch(watching.signal)) if (word.kind !== 'unreadable') words.push(word.kind === 'message' ? word.value : 'caught_up');
  })();
});
afterEach(async () => {
  watching.abort();
  await system.stop();
  await Promise.all([serverBus.close(), bus.close(), raw.close()]);
  await proxy.stop();
  await nats.stop();
});

const create = async (): Promise<{ id: string }> => (await system.call('/v1/apps', { method: 'POST', body: { title: 'App' } })).json;
const deploy = async (appId: string): Promise<any> => {
  const answer = await system.call(`/v1/apps/${appId}/deployments`, { method: 'POST', body: { draftVersion: 1 } });
  expect(answer.status, answer.text).toBe(202);
  return answer.json;
};
const isSaid = (deployment: { appId: string; generation: number }) => until(() => words.findLast((word) => word !== 'caught_up' && word.appId === deployment.appId) as RunnerSpec | undefined, (word) => word?.generation === deployment.generation, 30_000);
const isReady = (status: number) => until(() => system.call('/v1/health/ready'), (answer) => answer.status === status, 30_000);

describe('a server whose NATS', () => {
  it.each([
    ['is killed', () => nats.kill(), () => nats.restart()],
    ['is out of reach', async () => proxy.cut(), async () => proxy.mend()],
  ])('%s takes deploys as before, says so, and catches up', async (_, breakIt, mendIt) => {
    const app = await create();
    await isSaid(await deploy(app.id));
    await breakIt();
    const answer = await isReady(503);
    expect(answer.json).toMatchObject({ code: 'not_ready', detail: expect.stringContaining('NATS') });
    const made = [await deploy(app.id), await deploy((await create()).id)];
    expect((await system.call(`/v1/apps/${app.id}/deployments/${made[0].id}`)).json.status).toBe('queued');
    await mendIt();
    await isReady(200);
    for (const deployment of made) await isSaid(deployment);
  }, 60_000);

  it('is wiped says every wish again, and then that this was all', async () => {
    const made = [];
    for (let count = 0; count < 40; count++) made.push(await deploy((await create()).id));
    await until(() => words, (all) => all.includes('caught_up'));
    for (const deployment of made) await isSaid(deployment);
    await nats.wipe();
    const before = words.length;
    await until(() => words.slice(before), (again) => again.includes('caught_up'), 30_000);
    const told = words.slice(before, before + words.slice(before).indexOf('caught_up'));
    expect(new Set(told.map((word) => (word as RunnerSpec).appId))).toEqual(new Set(made.map(({ appId }) => appId)));
  }, 60_000);

  it('is slow keeps the order, and nobody waits for it', async () => {
    proxy.delay(150);
    const app = await create();
    const made = [];
    for (let count = 0; count < 10; count++) made.push(await deploy(app.id));
    await isSaid(made.at(-1)!);
    const said = words.flatMap((word) => (word !== 'caught_up' && word.appId === app.id ? [word.generation] : []));
    expect(said).toEqual(said.toSorted((a, b) => a - b));
  }, 60_000);

  it('says nothing at all for a while catches up when it speaks again', async () => {
    const app = await create();
    await isSaid(await deploy(app.id));
    proxy.hold();
    const made = [await deploy(app.id), await deploy((await create()).id)];
    await until(() => system.logs, (logs) => logs.some(({ msg }) => msg === 'specs could not be published and will be again'), 20_000);
    proxy.mend();
    for (const deployment of made) await isSaid(deployment);
  }, 60_000);

  it('doubles and reorders what runners say shows the truth once', async () => {
    const app = await create();
    const [first, second] = [await deploy(app.id), await deploy(app.id)];
    const said = [
      makeStatus(app.id, second.generation, 'working', 'validating'), makeStatus(app.id, second.generation, 'working', 'starting'), makeStatus(app.id, second.generation, 'live', 'live'),
      makeStatus(app.id, first.generation, 'live', 'live'), makeStatus(app.id, first.generation, 'failed', 'starting', { reason: 'startup_failed' }),
    ];
    /** As it comes: in order, backwards, twice. */
    const order = [0, 1, 2, 2, 1, 0, 4, 3, 2, 0, 1, 1, 2];
    for (const index of order) await raw.jetstream().publish(`fapi.statuses.app.${app.id}`, JSON.stringify(said[index]));
    const path = `/v1/apps/${app.id}/deployments/${second.id}`;
    await until(() => system.call(path), ({ json }) => json.status === 'live');
    // Something of another app comes last: what was said before it was heard.
    const mark = await deploy((await create()).id);
    await raw.jetstream().publish(`fapi.statuses.app.${mark.appId}`, JSON.stringify(makeStatus(mark.appId, mark.generation, 'live', 'live')));
    await until(() => system.call(`/v1/apps/${mark.appId}/deployments/${mark.id}`), ({ json }) => json.status === 'live');
    expect((await system.call(path)).json.status).toBe('live');
    expect((await system.call(`/v1/apps/${app.id}/deployments/${first.id}`)).json.status).toBe('superseded');
    expect((await system.call(`/v1/apps/${app.id}`)).json.live).toMatchObject({ id: second.id });
  }, 60_000);

  it('brings an old wish last does not take a controller back, and the next wish wins', async () => {
    const app = await create();
    const [old, newer] = [await deploy(app.id), await deploy(app.id)];
    await isSaid(newer);
    const oldWord = { ...(words.findLast((word) => word !== 'caught_up' && word.appId === app.id) as RunnerSpec), generation: old.generation };
    await raw.jetstream().publish(`fapi.specs.app.${app.id}`, JSON.stringify(oldWord));
    const next = await deploy(app.id);
    await isSaid(next);
    const said = words.flatMap((word) => (word !== 'caught_up' && word.appId === app.id ? [word.generation] : []));
    expect(said).toEqual(said.toSorted((a, b) => a - b));
    const held = await (await raw.jetstreamManager()).streams.getMessage('FAPI_SPECS', { last_by_subj: `fapi.specs.app.${app.id}` });
    expect((held.json() as RunnerSpec).generation).toBe(next.generation);
  }, 60_000);
});
