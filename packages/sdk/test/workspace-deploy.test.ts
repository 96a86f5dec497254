import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type AppSnapshot, createWorkspace } from '@fapi/sdk/workspace';
import { makeStatus, startSystem, type System, until } from '../../server/test/parts/system.ts';
import { openDesk, textOf } from './desk.ts';

let system: System;
beforeAll(async () => {
  system = await startSystem();
});
afterAll(() => system?.stop());
const writes = (calls: readonly string[]): string[] => calls.filter((call) => !call.startsWith('GET') && !call.endsWith('/validate'));

describe('a deploy', () => {
  it('of a dirty editor is one call, which saves too', async () => {
    const { store, app, other, gate } = await openDesk(system);
    store.edit('main.py', 'a = 2\n');
    store.removeFile('b.py');
    const deployment = await store.deploy();
    expect(writes(gate.calls)).toEqual([`POST /v1/apps/${app.id}/deployments`]);
    expect(await other.drafts.read(app.id)).toMatchObject({ version: 2, files: [{ path: 'main.py', content: 'a = 2\n' }] });
    expect(store.snapshot).toMatchObject({ draftVersion: 2, save: 'idle', deploying: false, deployment: { id: deployment!.id, draftVersion: 2 } });
    expect(store.snapshot.dirtyPaths.size).toBe(0);
  });

  it('is shown stage by stage until it is live', async () => {
    const { store, app, see } = await openDesk(system);
    await store.deploy();
    expect(store.snapshot.deployment).toMatchObject({ status: 'queued' });
    await system.bus.statuses.publish(makeStatus(app.id, 1, 'working', 'preparing'));
    await see(({ deployment }) => deployment?.status === 'preparing');
    await system.bus.statuses.publish(makeStatus(app.id, 1, 'live', 'live'));
    await see(({ deployment, app: shown }) => deployment?.status === 'live' && shown?.live?.id === deployment.id && shown.freshness === 'up_to_date');
  });

  it('that is clicked twice is asked for once', async () => {
    const { store, app, other, gate } = await openDesk(system);
    const held = gate.hold(/POST .*deployments/);
    const clicks = [store.deploy(), store.deploy()];
    expect(store.snapshot.deploying).toBe(true);
    await held.arrived;
    held.release();
    const [deployment, second] = await Promise.all(clicks);
    expect(second).toBeUndefined();
    expect((await other.deployments.list(app.id)).items.map(({ id }) => id)).toEqual([deployment!.id]);
  });

  it('keeps what is typed while it is asked for', async () => {
    const { store, gate } = await openDesk(system);
    const held = gate.hold(/POST .*deployments/);
    store.edit('main.py', 'a = 2\n');
    const click = store.deploy();
    await held.arrived;
    store.edit('main.py', 'a = 3\n');
    held.release();
    await click;
    expect(textOf(store.snapshot)).toBe('a = 3\n');
    expect([...store.snapshot.dirtyPaths]).toEqual(['main.py']);
  });

  it('right after a save waits for it, and a save right after a deploy too: no conflict with oneself', async () => {
    const { store, app, other } = await openDesk(system);
    store.edit('main.py', 'a = 2\n');
    const acts: Promise<unknown>[] = [store.save()];
    store.edit('main.py', 'a = 3\n');
    acts.push(store.deploy());
    store.edit('main.py', 'a = 4\n');
    acts.push(store.save());
    await Promise.all(acts);
    expect(store.snapshot).toMatchObject({ save: 'idle', conflict: undefined, error: undefined });
    expect(textOf(await other.drafts.read(app.id))).toBe('a = 4\n');
    expect((await other.deployments.list(app.id)).items).toHaveLength(1);
  });

  it('of what somebody else has changed is refused, and mine and theirs are both there', async () => {
    const { store, app, other, gate } = await openDesk(system);
    const held = gate.hold(/POST .*deployments/);
    store.edit('main.py', 'mine = 1\n');
    const click = store.deploy();
    await held.arrived;
    await other.drafts.save(app.id, { version: 1, files: [{ path: 'main.py', content: 'theirs = 1\n' }] });
    held.release();
    expect(await click).toBeUndefined();
    expect(store.snapshot).toMatchObject({ save: 'conflict', deploying: false, conflict: { version: 2, theirs: [{ content: 'theirs = 1\n' }] }, error: { code: 'draft_conflict' }, missedDeploy: { generation: 0 } });
    expect(textOf(store.snapshot)).toBe('mine = 1\n');
    expect((await other.deployments.list(app.id)).items).toEqual([]);
  });

  it('that nobody answered is known as one that did not go out until the next, and one that was refused for good is not', async () => {
    const { store, gate } = await openDesk(system);
    store.edit('main.py', 'mine = 1\n');
    gate.refuse(/POST .*deployments/, 'storage_full');
    expect(await store.deploy()).toBeUndefined();
    expect(store.snapshot).toMatchObject({ error: { code: 'storage_full' }, missedDeploy: { generation: 0 } });
    store.forgetMissedDeploy();
    expect(store.snapshot.missedDeploy).toBeUndefined();
    gate.refuse(/POST .*deployments/, 'forbidden');
    expect(await store.deploy()).toBeUndefined();
    expect(store.snapshot).toMatchObject({ error: { code: 'forbidden' }, missedDeploy: undefined });
    for (let round = 0; round < 3; round++) gate.refuse(/POST .*deployments/, 'not_ready');
    expect(await store.deploy()).toBeUndefined();
    expect(store.snapshot.missedDeploy).toEqual({ generation: 0 });
    expect(await store.deploy()).toMatchObject({ generation: 1 });
    expect(store.snapshot).toMatchObject({ error: undefined, missedDeploy: undefined });
  });

  it('that found the disk full with nothing to be saved says so until the server is heard again, and is known after it', async () => {
    const { store, gate, see } = await openDesk(system);
    gate.refuse(/POST .*deployments/, 'storage_full');
    expect(await store.deploy()).toBeUndefined();
    expect(store.snapshot).toMatchObject({ save: 'failed', error: { code: 'storage_full' }, missedDeploy: { generation: 0 } });
    gate.cut();
    await see(({ error }) => error === undefined);
    expect(store.snapshot).toMatchObject({ save: 'idle', missedDeploy: { generation: 0 } });
    expect(await store.deploy()).toMatchObject({ generation: 1 });
  });

  it('of a clean editor that somebody else has overtaken deploys nothing, shows theirs and is offered again', async () => {
    const { store, app, other, gate } = await openDesk(system);
    const held = gate.hold(/POST .*deployments/);
    const click = store.deploy();
    await held.arrived;
    await other.drafts.save(app.id, { version: 1, files: [{ path: 'main.py', content: 'theirs = 1\n' }] });
    held.release();
    expect(await click).toBeUndefined();
    expect(store.snapshot).toMatchObject({ save: 'idle', conflict: undefined, draftVersion: 2, error: undefined, missedDeploy: { generation: 0 } });
    expect(textOf(store.snapshot)).toBe('theirs = 1\n');
    expect((await other.deployments.list(app.id)).items).toEqual([]);
    expect(await store.deploy()).toMatchObject({ draftVersion: 2 });
    expect(store.snapshot.missedDeploy).toBeUndefined();
  });

  it('of what somebody else has saved with the same text is made', async () => {
    const { store, app, other, gate } = await openDesk(system);
    const held = gate.hold(/POST .*deployments/);
    store.edit('main.py', 'same = 1\n');
    const click = store.deploy();
    await held.arrived;
    await other.drafts.save(app.id, { version: 1, files: store.snapshot.files });
    held.release();
    expect(await click).toMatchObject({ draftVersion: 2 });
    expect(store.snapshot).toMatchObject({ save: 'idle', error: undefined });
  });

  it('that the rules refuse is a state, and the text stays', async () => {
    const { store } = await openDesk(system);
    store.addFile('../up.py', 'x = 1\n');
    expect(await store.deploy()).toBeUndefined();
    expect(store.snapshot).toMatchObject({ deploying: false, save: 'failed', error: { code: 'draft_invalid' } });
    expect(textOf(store.snapshot, '../up.py')).toBe('x = 1\n');
  });

  it('that is cancelled ends so; one that is live stays, without an error', async () => {
    const { store, app, see } = await openDesk(system);
    await store.deploy();
    await store.cancel();
    await see(({ deployment }) => deployment?.status === 'cancelled' || deployment?.endedAt !== undefined);
    store.edit('main.py', 'a = 2\n');
    await store.deploy();
    await system.bus.statuses.publish(makeStatus(app.id, 2, 'live', 'live'));
    await see(({ deployment }) => deployment?.status === 'live');
    await store.cancel();
    expect(store.snapshot).toMatchObject({ error: undefined, deployment: { status: 'live' } });
  });

  it('that was refused for no fault of the draft, or not cancelled, says so until somebody has seen it, and holds up no save', async () => {
    const { store, gate, other, app } = await openDesk(system);
    gate.refuse(/POST .*deployments/, 'forbidden');
    store.edit('main.py', 'a = 2\n');
    expect(await store.deploy()).toBeUndefined();
    expect(store.snapshot).toMatchObject({ save: 'idle', error: { code: 'forbidden' } });
    await store.save();
    expect(store.snapshot).toMatchObject({ save: 'idle', draftVersion: 2, error: { code: 'forbidden' } });
    expect(textOf(await other.drafts.read(app.id))).toBe('a = 2\n');
    store.forgetError();
    expect(store.snapshot.error).toBeUndefined();

    await store.deploy();
    gate.refuse(/PATCH/, 'draft_invalid');
    store.edit('main.py', 'a = 3\n');
    await store.save();
    store.forgetError();
    // Why something is not saved is known until it is saved.
    expect(store.snapshot).toMatchObject({ save: 'failed', error: { code: 'draft_invalid' } });
    gate.refuse(/POST .*cancel/, 'forbidden');
    await store.cancel();
    expect(store.snapshot).toMatchObject({ save: 'idle', error: { code: 'forbidden' } });
    await store.save();
    expect(store.snapshot).toMatchObject({ save: 'idle', draftVersion: 3, error: { code: 'forbidden' } });
    await store.cancel();
    expect(store.snapshot.error).toBeUndefined();
  });

  it('that validation has refused brings its findings', async () => {
    const { store, app, see } = await openDesk(system);
    await store.deploy();
    const finding = { code: 'syntax', severity: 'error' as const, source: 'cpython', file: 'main.py', start: { line: 1, column: 1 }, end: { line: 1, column: 2 }, message: 'invalid syntax' };
    await system.bus.statuses.publish(makeStatus(app.id, 1, 'failed', 'validating', { reason: 'validation_failed', findings: [finding] }));
    expect(await see(({ deployment }) => deployment?.status === 'failed')).toMatchObject({ findings: [finding] });
  });

  it('that was refused says nothing of what was saved since, neither to a page that opens later nor with the next news of the app', async () => {
    const { store, app, page, other, see } = await openDesk(system);
    await store.deploy();
    const finding = { code: 'syntax', severity: 'error' as const, source: 'cpython', file: 'main.py', start: { line: 1, column: 1 }, end: { line: 1, column: 2 }, message: 'invalid syntax' };
    await system.bus.statuses.publish(makeStatus(app.id, 1, 'failed', 'validating', { reason: 'validation_failed', findings: [finding] }));
    await see(({ findings }) => findings.length === 1);
    store.edit('main.py', '');
    await store.save();
    expect(store.snapshot).toMatchObject({ save: 'idle', findings: [] });
    const { store: later, release } = createWorkspace(page).acquire(app.id);
    onTestFinished(release);
    const isFailed = ({ load, connection, deployment }: AppSnapshot): boolean => load === 'ready' && connection === 'live' && deployment?.status === 'failed';
    expect(await until(() => later.snapshot, isFailed)).toMatchObject({ findings: [] });
    await other.apps.patch(app.id, { title: 'Told again' });
    for (const one of [store, later]) expect(await until(() => one.snapshot, (snapshot) => snapshot.app?.title === 'Told again')).toMatchObject({ findings: [] });
  });
});
