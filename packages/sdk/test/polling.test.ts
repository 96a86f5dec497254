import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { Connection, Deployment } from '@fapi/sdk';
import { createWorkspace } from '@fapi/sdk/workspace';
import { makeStatus, startSystem, type System, until } from '../../server/test/parts/system.ts';
import { client } from './on-stage.ts';
import { type Manner, startCutter, startGrudger } from './proxy.ts';

let system: System;
beforeAll(async () => {
  system = await startSystem();
});
afterAll(() => system?.stop());
const log = (appId: string, seq: number): void =>
  system.bus.streams.publish({ kind: 'log', value: { schema: 1, appId, lines: [{ seq, at: new Date(0).toISOString(), stream: 'stdout', generation: 1, text: 'x'.repeat(seq % 97) }], dropped: 0 } });

describe('behind a connection that is cut again and again', { timeout: 45_000 }, () => {
  it('every line of the log is seen once and in order', async () => {
    const cutter = await startCutter(system.server.url, (nth) => 1_500 + ((nth * 7_919) % 4_000));
    onTestFinished(() => cutter.close());
    const direct = client({ baseUrl: system.server.url, apiKey: system.server.operatorKey });
    const app = await direct.apps.create({ title: 'App' });
    const last = 150;
    const seen: number[] = [];
    const work = (async () => {
      for await (const line of client({ baseUrl: cutter.url, apiKey: system.server.operatorKey }).logs.follow(app.id, { since: '0' })) {
        seen.push(line.seq);
        if (line.seq === last) break;
      }
    })();
    for (let seq = 1; seq <= last; seq++) log(app.id, seq);
    await work;
    expect(seen).toEqual(Array.from({ length: last }, (_, index) => index + 1));
    expect(cutter.cuts).toBeGreaterThan(3);
  });
});

describe('behind a proxy that lets no stream through', { timeout: 45_000 }, () => {
  const manners: readonly Manner[] = ['refuses', 'keeps', 'breaks'];

  it.each(manners)('and %s it, a deployment is followed to its end', async (manner) => {
    const proxy = await startGrudger(system.server.url, manner);
    onTestFinished(() => proxy.close());
    const fapi = client({ baseUrl: proxy.url, apiKey: system.server.operatorKey });
    const app = await fapi.apps.create({ title: 'App' });
    const deployment = await fapi.deployments.create(app.id, { draftVersion: 1 });
    const seen: Deployment['status'][] = [];
    const follow = async (): Promise<void> => {
      for await (const { status } of fapi.deployments.follow(deployment)) {
        if (seen.push(status) === 1) await system.bus.statuses.publish(makeStatus(app.id, 1, 'live', 'live'));
      }
    };
    const [settled] = await Promise.all([fapi.deployments.untilSettled(deployment), follow()]);
    expect([seen[0], seen.at(-1), settled.status]).toEqual(['queued', 'live', 'live']);
  });

  it('a page sees what happens, says that it polls, and is live again when the proxy lets go', async () => {
    const proxy = await startGrudger(system.server.url, 'refuses');
    onTestFinished(() => proxy.close());
    const direct = client({ baseUrl: system.server.url, apiKey: system.server.operatorKey });
    const app = await direct.apps.create({ title: 'App' });
    const { store, release } = createWorkspace(client({ baseUrl: proxy.url, apiKey: system.server.operatorKey })).acquire(app.id);
    onTestFinished(release);
    const states: (Connection | 'connecting')[] = [];
    store.subscribe(({ connection }) => connection !== states.at(-1) && states.push(connection));
    await until(() => store.snapshot, ({ load, connection }) => load === 'ready' && connection === 'polling');
    const deployment = await direct.deployments.create(app.id, { draftVersion: 1 });
    await until(() => store.snapshot.deployment, (seen) => seen?.id === deployment.id);
    await system.bus.statuses.publish(makeStatus(app.id, 1, 'live', 'live'));
    await until(() => store.snapshot.deployment, (seen) => seen?.status === 'live');
    const draft = await direct.drafts.save(app.id, { version: 1, files: [{ path: 'main.py', content: 'theirs = 1\n' }] });
    await until(() => store.snapshot, ({ draftVersion, files }) => draftVersion === draft.version && files[0]!.content === 'theirs = 1\n');
    proxy.manner = 'passes';
    await until(() => store.snapshot.connection, (connection) => connection === 'live', 15_000);
    expect(states.slice(-2)).toEqual(['polling', 'live']);
  });
});
