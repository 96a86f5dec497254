import { createClient } from '@fapi/sdk';
import type { App, FailureReport } from '@fapi/sdk/contract';
import type { RunnerStatus } from '@fapi/runner-controller/work';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databases, startSystemOn } from './parts/databases.ts';
import { makeStatus, type System, until } from './parts/system.ts';

const report = (more: Partial<FailureReport>): FailureReport => ({ phase: 'running', class: 'stalled', message: 'main.py, line 9 blocks the event loop', frames: [{ file: 'main.py', line: 9, source: 'time.sleep(60)' }], output: ['last words'], hint: 'await it', ...more });

describe.each(databases)('the health of an app on %s', (kind) => {
  let system: System;
  let client: ReturnType<typeof createClient>;
  beforeAll(async () => {
    system = await startSystemOn(kind);
    client = createClient({ baseUrl: system.server.url, apiKey: system.server.operatorKey });
  });
  afterAll(async () => {
    client?.close();
    await system?.stop();
  });

  const say = (appId: string, more: Partial<RunnerStatus>, generation = 1) => system.bus.statuses.publish(makeStatus(appId, generation, 'live', 'live', { serving: { generation, revision: 'sha256:any' }, ...more }));
  const openLive = async (): Promise<App> => {
    const app = await client.apps.create({ title: 'Ill' });
    await client.deployments.create(app.id, { draftVersion: 1 });
    await say(app.id, {});
    return until(() => client.apps.read(app.id), (now) => now.health === 'running' && now.live !== undefined);
  };

  it('shows what the running app cannot do, until the runner says so no more', async () => {
    const { id } = await openLive();
    expect(await client.apps.read(id)).not.toHaveProperty('trouble');
    await say(id, { trouble: report({}) });
    expect(await until(() => client.apps.read(id), (now) => now.trouble !== undefined)).toMatchObject({ health: 'running', rollout: 'idle', trouble: report({}) });
    await say(id, { trouble: report({ class: 'memory', message: 'out of memory' }) });
    await until(() => client.apps.read(id), (now) => now.trouble?.class === 'memory');
    await say(id, {});
    expect(await until(() => client.apps.read(id), (now) => now.trouble === undefined)).toMatchObject({ health: 'running' });
  });

  it('shows a crash loop and how it crashed, also while it is up for a moment', async () => {
    const { id } = await openLive();
    const crash = report({ class: 'crashed', message: 'exit code 3', exitCode: 3 });
    await say(id, { health: 'crashed', crash, isCrashLooping: true });
    expect(await until(() => client.apps.read(id), (now) => now.health === 'crashed')).toMatchObject({ isCrashLooping: true, crash });
    await say(id, { health: 'running', crash, isCrashLooping: true });
    expect(await until(() => client.apps.read(id), (now) => now.health === 'running')).toMatchObject({ isCrashLooping: true, crash });
    await say(id, {});
    const well = await until(() => client.apps.read(id), (now) => now.isCrashLooping !== true);
    expect(well).not.toHaveProperty('isCrashLooping');
    expect(well).not.toHaveProperty('crash');
  });

  it('keeps how what is live last crashed, also when a new controller knows nothing of it, until another revision is live', async () => {
    const { id } = await openLive();
    const lastCrash = { at: '2026-01-01T00:00:00.000Z', report: report({ class: 'crashed', message: 'exit code 3', exitCode: 3 }) };
    await say(id, { lastCrash });
    expect(await until(() => client.apps.read(id), (now) => now.lastCrash !== undefined)).toMatchObject({ health: 'running', lastCrash });
    await say(id, { trouble: report({}) });
    expect(await until(() => client.apps.read(id), (now) => now.trouble !== undefined)).toMatchObject({ lastCrash });
    const again = { ...lastCrash, at: '2026-01-01T00:00:05.000Z' };
    await say(id, { lastCrash: again });
    await until(() => client.apps.read(id), (now) => now.lastCrash?.at === again.at);
    await client.deployments.create(id, { draftVersion: 1 });
    await say(id, {}, 2);
    expect(await until(() => client.apps.read(id), (now) => now.live?.generation === 2)).not.toHaveProperty('lastCrash');
  });

  it('shows that it sleeps', async () => {
    const { id } = await openLive();
    await say(id, { health: 'asleep' });
    await until(() => client.apps.read(id), (now) => now.health === 'asleep');
  });

  it('keeps both reports when the runner went back and the former did not start either', async () => {
    const { id } = await openLive();
    const second = await client.deployments.create(id, { draftVersion: 1 });
    await say(id, {}, 2);
    await until(() => client.deployments.read(id, second.id), (now) => now.status === 'live');
    const [failure, crash] = [report({ class: 'crashed', message: 'exit code 7' }), report({ phase: 'import', class: 'import', message: 'only once' })];
    await system.bus.statuses.publish(makeStatus(id, 2, 'failed', 'live', { health: 'crashed', reason: 'rolled_back', message: failure.message, failure, crash }));
    expect(await until(() => client.deployments.read(id, second.id), (now) => now.status === 'failed')).toMatchObject({ reason: 'rolled_back', failure });
    expect(await until(() => client.apps.read(id), (now) => now.latest?.generation === 3)).toMatchObject({ latest: { createdBy: 'system' }, crash });
  });
});
