import type { AppFile } from '@fapi/sdk/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSystem, type System, until } from '../../server/test/parts/system.ts';
import { first, openDesk, textOf } from './desk.ts';

let system: System;
beforeAll(async () => {
  system = await startSystem();
});
afterAll(() => system?.stop());

describe('a working copy', () => {
  it('begins with what the server has, sorted and clean', async () => {
    const { store, app, see } = await openDesk(system);
    expect(await see(({ metrics }) => metrics !== undefined)).toMatchObject({ appId: app.id, load: 'ready', files: first, draftVersion: 1, save: 'idle', conflict: undefined, metrics: { requests: 0 } });
    expect(store.snapshot.dirtyPaths.size).toBe(0);
  });

  it('names what differs from what is saved: changed, added, renamed, removed, and changed back', async () => {
    const { store } = await openDesk(system);
    store.edit('main.py', 'a = 2\n');
    store.addFile('new.py', 'n = 1\n');
    store.renameFile('b.py', 'c.py');
    expect([...store.snapshot.dirtyPaths].toSorted()).toEqual(['b.py', 'c.py', 'main.py', 'new.py']);
    store.edit('main.py', 'a = 1\n');
    store.removeFile('new.py');
    store.renameFile('c.py', 'b.py');
    expect([...store.snapshot.dirtyPaths]).toEqual([]);
  });

  it('is saved as a whole, in one call', async () => {
    const { store, app, other, gate } = await openDesk(system);
    store.edit('main.py', 'a = 2\n');
    store.removeFile('b.py');
    store.addFile('lib/x.py', 'x = "é"\n');
    await store.save();
    expect(store.snapshot).toMatchObject({ save: 'idle', draftVersion: 2 });
    expect(store.snapshot.dirtyPaths.size).toBe(0);
    expect(await other.drafts.read(app.id)).toMatchObject({ version: 2, files: [{ path: 'lib/x.py', content: 'x = "é"\n' }, { path: 'main.py', content: 'a = 2\n' }] });
    expect(gate.calls.filter((call) => !call.startsWith('GET') && !call.endsWith('validate'))).toEqual([`PATCH /v1/apps/${app.id}/draft`]);
  });

  it('takes moves of folders, removals and texts as one change, which is one call', async () => {
    const { store, app, other, gate } = await openDesk(system);
    store.changeFiles({ put: [{ path: 'lib/a.py', content: 'a = 1\n' }, { path: 'lib/deep/b.py', content: 'b = 1\n' }, { path: 'libs.py', content: '' }] });
    await store.save();
    const heard: number[] = [];
    store.subscribe(({ files }) => heard.push(files.length));
    store.changeFiles({ move: [{ from: 'lib', to: 'app/lib' }], remove: ['app/lib/deep', 'none.py'], put: [{ path: 'new.py', content: 'n = 1\n' }] });
    await Promise.resolve();
    expect(heard).toEqual([5]);
    await store.save();
    expect(JSON.parse(gate.bodies.filter(({ call }) => call.startsWith('PATCH')).at(-1)!.body)).toEqual({ move: [{ from: 'lib/a.py', to: 'app/lib/a.py' }], remove: ['lib/deep/b.py'], put: [{ path: 'new.py', content: 'n = 1\n' }] });
    expect((await other.drafts.read(app.id)).files.map(({ path }) => path)).toEqual(['app/lib/a.py', 'b.py', 'libs.py', 'main.py', 'new.py']);
    const before = store.snapshot;
    store.changeFiles({ remove: ['none'], move: [{ from: 'none', to: 'some' }], put: [{ path: 'new.py', content: 'n = 1\n' }] });
    expect(store.snapshot).toBe(before);
  });

  it('holds what is no text beside what is: it is moved without being sent, compared by its bytes, and comes back as it was', async () => {
    const { store, app, other, gate } = await openDesk(system);
    const logo: AppFile = { path: 'logo.png', content: Buffer.from([0x89, 0x50, 0, 0xff]).toString('base64'), encoding: 'base64' };
    store.changeFiles({ put: [logo] });
    expect(store.snapshot.files).toContainEqual(logo);
    await store.save();
    store.changeFiles({ put: [logo] });
    expect(store.snapshot.dirtyPaths.size).toBe(0);
    store.renameFile('logo.png', 'static/logo.png');
    await store.save();
    expect(JSON.parse(gate.bodies.filter(({ call }) => call.startsWith('PATCH')).at(-1)!.body)).toEqual({ move: [{ from: 'logo.png', to: 'static/logo.png' }], remove: [], put: [] });
    expect((await other.drafts.read(app.id)).files).toContainEqual({ ...logo, path: 'static/logo.png' });
    // The same letters as a text are another file.
    store.edit('static/logo.png', logo.content);
    expect([...store.snapshot.dirtyPaths]).toEqual(['static/logo.png']);
  });

  it('is sent as what has changed: a rename as a move, with its text only when that has changed too', async () => {
    const { store, app, other, gate } = await openDesk(system);
    store.renameFile('b.py', 'c.py');
    await store.save();
    store.renameFile('c.py', 'lib/c.py');
    store.renameFile('lib/c.py', 'lib/d.py');
    store.edit('lib/d.py', 'd = 1\n');
    store.removeFile('main.py');
    store.addFile('new.py', 'n = 1\n');
    await store.save();
    expect(gate.bodies.filter(({ call }) => call.startsWith('PATCH')).map(({ body }) => JSON.parse(body))).toEqual([
      { move: [{ from: 'b.py', to: 'c.py' }], remove: [], put: [] },
      { move: [{ from: 'c.py', to: 'lib/d.py' }], remove: ['main.py'], put: [{ path: 'lib/d.py', content: 'd = 1\n' }, { path: 'new.py', content: 'n = 1\n' }] },
    ]);
    expect((await other.drafts.read(app.id)).files).toEqual([{ path: 'lib/d.py', content: 'd = 1\n' }, { path: 'new.py', content: 'n = 1\n' }]);
    expect(store.snapshot).toMatchObject({ draftVersion: 3, save: 'idle' });
  });

  it.each([
    ['two that change their names with each other', [['b.py', 't.py'], ['main.py', 'b.py'], ['t.py', 'main.py']], { 'b.py': 'a = 1\n', 'main.py': 'b = 1\n' }],
    ['one over the name of another that is gone', [['b.py', ''], ['main.py', 'b.py']], { 'b.py': 'a = 1\n' }],
    ['one there and back', [['b.py', 'c.py'], ['c.py', 'b.py']], { 'b.py': 'b = 1\n', 'main.py': 'a = 1\n' }],
    ['one whose old name is taken again', [['b.py', 'c.py'], ['main.py', 'b.py']], { 'b.py': 'a = 1\n', 'c.py': 'b = 1\n' }],
  ] as const)('arrives as it is seen after renames: %s', async (_, renames, expected) => {
    const { store, app, other } = await openDesk(system);
    for (const [from, to] of renames) {
      if (to === '') store.removeFile(from);
      else store.renameFile(from, to);
    }
    store.addFile('z.py', '');
    await store.save();
    expect(store.snapshot.save).toBe('idle');
    expect(Object.fromEntries((await other.drafts.read(app.id)).files.map(({ path, content }) => [path, content]))).toEqual({ ...expected, 'z.py': '' });
  });

  it('that finds the disk full says so once until it is saved', async () => {
    const { store, gate, other, app, see } = await openDesk(system);
    store.edit('main.py', 'a = 2\n');
    gate.refuse(/PATCH/, 'storage_full');
    await store.save();
    expect(store.snapshot).toMatchObject({ save: 'failed', error: { code: 'storage_full' } });
    const held = gate.hold(/PATCH/);
    const again = store.save();
    await held.arrived;
    expect(store.snapshot).toMatchObject({ save: 'saving', error: { code: 'storage_full' } });
    held.release();
    await again;
    expect(await see(({ error }) => error === undefined)).toMatchObject({ save: 'idle', draftVersion: 2 });
    expect((await other.drafts.read(app.id)).version).toBe(2);
  });

  it('keeps what is typed during a save, and a second save takes it along', async () => {
    const { store, app, other, gate } = await openDesk(system);
    const held = gate.hold(/PATCH/);
    store.edit('main.py', 'a = 2\n');
    const saves = [store.save()];
    await held.arrived;
    store.edit('main.py', 'a = 3\n');
    saves.push(store.save());
    held.release();
    await saves[0];
    expect(textOf(store.snapshot)).toBe('a = 3\n');
    await saves[1];
    expect(store.snapshot.dirtyPaths.size).toBe(0);
    expect(textOf(await other.drafts.read(app.id))).toBe('a = 3\n');
  });

  it('stays dirty after a save that did not take the last key', async () => {
    const { store, gate } = await openDesk(system);
    const held = gate.hold(/PATCH/);
    store.edit('main.py', 'a = 2\n');
    const save = store.save();
    await held.arrived;
    store.edit('main.py', 'a = 3\n');
    held.release();
    await save;
    expect([...store.snapshot.dirtyPaths]).toEqual(['main.py']);
  });

  it('that the rules refuse is a state with its issues; the text stays and the next save works', async () => {
    const { store, app, other } = await openDesk(system);
    store.addFile('../up.py', 'x = 1\n');
    await store.save();
    expect(store.snapshot).toMatchObject({ save: 'failed', error: { code: 'draft_invalid', issues: [{ path: expect.stringContaining('/put/') }] } });
    expect(textOf(store.snapshot, '../up.py')).toBe('x = 1\n');
    store.renameFile('../up.py', 'up.py');
    expect(store.snapshot).toMatchObject({ save: 'idle', error: undefined });
    await store.save();
    expect(textOf(await other.drafts.read(app.id), 'up.py')).toBe('x = 1\n');
  });
});

describe('a draft that somebody else has saved', () => {
  const theirs = [{ path: 'main.py', content: 'theirs = 1\n' }];

  it('is taken where nothing is typed', async () => {
    const { app, other, see } = await openDesk(system);
    await other.drafts.save(app.id, { version: 1, files: theirs });
    expect(await see(({ draftVersion }) => draftVersion === 2)).toMatchObject({ files: theirs, save: 'idle', conflict: undefined });
  });

  it('is laid beside what is typed, with all that a merge needs', async () => {
    const { store, app, other, see } = await openDesk(system);
    store.edit('main.py', 'mine = 1\n');
    await other.drafts.save(app.id, { version: 1, files: theirs });
    expect((await see(({ conflict }) => conflict !== undefined))).toMatchObject({ save: 'conflict', conflict: { version: 2, base: first, theirs } });
    expect(textOf(store.snapshot)).toBe('mine = 1\n');
  });

  it('refuses the save with 409 and the same, when its event has not come yet', async () => {
    const { store, app, other, gate } = await openDesk(system);
    const held = gate.hold(/PATCH/);
    store.edit('main.py', 'mine = 1\n');
    const save = store.save();
    await held.arrived;
    await other.drafts.save(app.id, { version: 1, files: theirs });
    const reads = (): number => gate.calls.filter((call) => call === `GET /v1/apps/${app.id}/draft`).length;
    const before = reads();
    held.release();
    await save;
    expect(store.snapshot).toMatchObject({ save: 'conflict', conflict: { version: 2, base: first, theirs }, error: { code: 'draft_conflict', status: 409, currentVersion: 2 } });
    expect(textOf(store.snapshot)).toBe('mine = 1\n');
    // Theirs came with the refusal.
    expect(reads()).toBe(before);
  });

  it('is renewed beside what is typed when it changes again', async () => {
    const { store, app, other, see } = await openDesk(system);
    store.edit('main.py', 'mine = 1\n');
    await other.drafts.save(app.id, { version: 1, files: theirs });
    await see(({ conflict }) => conflict?.version === 2);
    const again = [{ path: 'main.py', content: 'again = 1\n' }];
    await other.drafts.save(app.id, { version: 2, files: again });
    expect((await see(({ conflict }) => conflict?.version === 3)).conflict).toMatchObject({ base: first, theirs: again });
    await other.drafts.save(app.id, { version: 3, files: first });
    expect(await see(({ conflict }) => conflict === undefined)).toMatchObject({ save: 'idle', merged: undefined, draftVersion: 4 });
    expect(textOf(store.snapshot)).toBe('mine = 1\n');
  });

  it('is overwritten after keepMine, and only then', async () => {
    const { store, app, other, see } = await openDesk(system);
    store.edit('main.py', 'mine = 1\n');
    await other.drafts.save(app.id, { version: 1, files: theirs });
    await see(({ conflict }) => conflict !== undefined);
    await store.save();
    expect((await other.drafts.read(app.id)).version).toBe(2);
    await store.keepMine();
    expect(store.snapshot).toMatchObject({ save: 'idle', conflict: undefined, error: undefined, draftVersion: 2 });
    await store.save();
    expect(await other.drafts.read(app.id)).toMatchObject({ version: 3, files: [first[0], { path: 'main.py', content: 'mine = 1\n' }] });
  });

  it('replaces what is typed after reload, and only then', async () => {
    const { store, app, other, see } = await openDesk(system);
    store.edit('main.py', 'mine = 1\n');
    await other.drafts.save(app.id, { version: 1, files: theirs });
    await see(({ conflict }) => conflict !== undefined);
    await store.reload();
    expect(store.snapshot).toMatchObject({ files: theirs, save: 'idle', conflict: undefined, draftVersion: 2 });
    expect(store.snapshot.dirtyPaths.size).toBe(0);
  });

  it('does not wipe out what is typed while it is being read', async () => {
    const { store, app, other, gate, see } = await openDesk(system);
    const held = gate.hold(/GET .*\/draft$/);
    await other.drafts.save(app.id, { version: 1, files: theirs });
    await held.arrived;
    store.edit('main.py', 'mine = 1\n');
    held.release();
    await see(({ save }) => save === 'conflict');
    expect(textOf(store.snapshot)).toBe('mine = 1\n');
  });

  it('that is what is typed is no conflict', async () => {
    const { store, app, other, see } = await openDesk(system);
    store.edit('main.py', 'same = 1\n');
    await other.drafts.save(app.id, { version: 1, files: store.snapshot.files });
    expect(await see(({ draftVersion }) => draftVersion === 2)).toMatchObject({ save: 'idle', conflict: undefined });
    expect(store.snapshot.dirtyPaths.size).toBe(0);
  });
});

describe('a draft that somebody else has saved meanwhile', () => {
  it('is taken when our own save, which came before it, is answered late', async () => {
    const { store, app, other, gate, see } = await openDesk(system);
    const [late, check] = [gate.holdAnswer(/PATCH/), gate.hold(/validate/)];
    store.edit('main.py', 'a = 2\n');
    const save = store.save();
    await Promise.all([late.arrived, check.arrived]);
    await other.drafts.save(app.id, { version: 2, files: [{ path: 'main.py', content: 'theirs = 1\n' }] });
    await see(({ app: shown }) => shown?.draftVersion === 3);
    late.release();
    await save;
    expect(await see(({ draftVersion }) => draftVersion === 3)).toMatchObject({ files: [{ content: 'theirs = 1\n' }], save: 'idle', conflict: undefined });
  });

  it('is not what a check takes for it while our own save is on its way', async () => {
    const { store, app, gate, see } = await openDesk(system);
    const checks = (): number => gate.calls.filter((call) => call === `POST /v1/apps/${app.id}/validate`).length;
    await see(({ validation }) => validation === 'unavailable');
    const states: string[] = [];
    store.subscribe(({ save }) => states.push(save));
    const late = gate.holdAnswer(/PATCH/);
    store.edit('main.py', 'a = 2\n');
    const save = store.save();
    await late.arrived;
    store.edit('main.py', 'a = 3\n');
    const before = checks();
    // The second check begins after the first has been refused, because the server has our save and we do not know it yet.
    await until(checks, (count) => count >= before + 2);
    late.release();
    await save;
    expect(states).not.toContain('conflict');
    expect(store.snapshot).toMatchObject({ save: 'idle', draftVersion: 2, conflict: undefined });
    expect([...store.snapshot.dirtyPaths]).toEqual(['main.py']);
  });

  it('is noticed by the next check while no stream comes through', async () => {
    const { store, app, other, gate, see } = await openDesk(system);
    const held = gate.hold(/GET .*events/);
    gate.cut();
    await held.arrived;
    await other.drafts.save(app.id, { version: 1, files: [{ path: 'main.py', content: 'theirs = 1\n' }] });
    store.edit('main.py', 'mine = 1\n');
    expect(await see(({ conflict }) => conflict !== undefined)).toMatchObject({ save: 'conflict', connection: 'reconnecting', conflict: { version: 2 } });
    held.release();
  });

  it('is read once, and not again with every event of the app', async () => {
    const { store, app, other, gate, see } = await openDesk(system);
    const reads = (): number => gate.calls.filter((call) => call === `GET /v1/apps/${app.id}/draft`).length;
    store.edit('main.py', 'mine = 1\n');
    await other.drafts.save(app.id, { version: 1, files: [{ path: 'main.py', content: 'theirs = 1\n' }] });
    await see(({ conflict }) => conflict !== undefined);
    const deploy = async (generation: number): Promise<void> => {
      await other.deployments.create(app.id, { draftVersion: 2 });
      await see(({ app: shown }) => shown?.latest?.generation === generation);
    };
    // By then the event of the save itself has been heard too.
    await deploy(1);
    const before = reads();
    for (const generation of [2, 3]) await deploy(generation);
    expect(reads()).toBe(before);
    expect(store.snapshot.save).toBe('conflict');
  });
});

describe('an answer that was lost', () => {
  it('to a save is no conflict with oneself, and what was typed since stays', async () => {
    const { store, app, other, gate } = await openDesk(system);
    gate.lose(/PATCH/);
    const held = gate.hold(/PATCH/);
    store.edit('main.py', 'a = 2\n');
    const save = store.save();
    await held.arrived;
    store.edit('b.py', 'b = 2\n');
    held.release();
    await save;
    expect(store.snapshot).toMatchObject({ save: 'idle', conflict: undefined, error: undefined, draftVersion: 2 });
    expect([...store.snapshot.dirtyPaths]).toEqual(['b.py']);
    expect(textOf(await other.drafts.read(app.id))).toBe('a = 2\n');
  });

  it('to a deploy makes one deployment all the same', async () => {
    const { store, app, other, gate } = await openDesk(system);
    gate.lose(/POST .*\/deployments/);
    store.edit('main.py', 'a = 2\n');
    const deployment = await store.deploy();
    expect((await other.deployments.list(app.id)).items.map(({ id }) => id)).toEqual([deployment!.id]);
  });
});
