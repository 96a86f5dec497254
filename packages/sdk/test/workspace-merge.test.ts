import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSystem, type System } from '../../server/test/parts/system.ts';
import { openDesk, textOf } from './desk.ts';

let system: System;
beforeAll(async () => {
  system = await startSystem();
});
afterAll(() => system?.stop());

describe('what somebody else has saved elsewhere in the draft', () => {
  const theirs = { put: [{ path: 'b.py', content: 'b = 2\n' }, { path: 'new.py', content: 'n = 1\n' }] };

  it('is merged by itself and said, with who and when, and the next save sends both', async () => {
    const { store, app, other, see } = await openDesk(system);
    store.edit('main.py', 'mine = 1\n');
    const { savedBy, savedAt } = await other.drafts.patch(app.id, { version: 1, ...theirs });
    expect(await see(({ merged }) => merged !== undefined)).toMatchObject({ save: 'idle', conflict: undefined, draftVersion: 2, merged: { by: 'itself', savedBy, savedAt, paths: ['b.py', 'new.py'] } });
    expect([...store.snapshot.dirtyPaths]).toEqual(['main.py']);
    await store.save();
    expect(await other.drafts.read(app.id)).toMatchObject({ version: 3, files: [{ path: 'b.py', content: 'b = 2\n' }, { path: 'main.py', content: 'mine = 1\n' }, { path: 'new.py', content: 'n = 1\n' }] });
  });

  it('does not refuse a save that its event has not reached', async () => {
    const { store, app, other, gate } = await openDesk(system);
    const held = gate.hold(/PATCH/);
    store.edit('main.py', 'mine = 1\n');
    const save = store.save();
    await held.arrived;
    await other.drafts.patch(app.id, { version: 1, ...theirs });
    held.release();
    await save;
    expect(store.snapshot).toMatchObject({ save: 'idle', error: undefined, draftVersion: 3, merged: { by: 'itself' } });
    expect(textOf(await other.drafts.read(app.id))).toBe('mine = 1\n');
    expect(textOf(await other.drafts.read(app.id), 'b.py')).toBe('b = 2\n');
  });

  it('keeps a deploy from going out with what nobody here has seen', async () => {
    const { store, app, other, gate } = await openDesk(system);
    const held = gate.hold(/POST .*\/deployments/);
    store.edit('main.py', 'mine = 1\n');
    const deploy = store.deploy();
    await held.arrived;
    await other.drafts.patch(app.id, { version: 1, ...theirs });
    held.release();
    expect(await deploy).toBeUndefined();
    expect(store.snapshot).toMatchObject({ save: 'idle', error: undefined, deploying: false, merged: { by: 'itself', paths: ['b.py', 'new.py'] }, missedDeploy: { generation: 0 } });
    expect((await store.deploy())?.draftVersion).toBe(3);
  });

  it('is taken out again in one step, before a save and after it, and is a conflict until somebody decides', async () => {
    for (const isSaved of [false, true]) {
      const { store, app, other, see } = await openDesk(system);
      store.edit('main.py', 'mine = 1\n');
      await other.drafts.patch(app.id, { version: 1, ...theirs });
      await see(({ merged }) => merged !== undefined);
      if (isSaved) await store.save();
      store.undoMerge();
      expect(store.snapshot).toMatchObject({ save: 'conflict', merged: undefined, conflict: { version: isSaved ? 3 : 2 } });
      expect(store.snapshot.files).toEqual([{ path: 'b.py', content: 'b = 1\n' }, { path: 'main.py', content: 'mine = 1\n' }]);
      // The check says that it is stale, which is known.
      await store.validate();
      expect(store.snapshot.save).toBe('conflict');
      expect(store.resolve(store.snapshot.conflict!.version, [{ path: 'main.py', content: 'both = 1\n' }])).toBe(true);
      await store.save();
      expect(store.snapshot).toMatchObject({ save: 'idle', error: undefined, merged: { by: 'hand' } });
      expect((await other.drafts.read(app.id)).files).toEqual([{ path: 'main.py', content: 'both = 1\n' }]);
    }
  });
});

describe('a conflict', () => {
  it('says who has saved the other side and when, and ends with what was made of it', async () => {
    const { store, app, other, see } = await openDesk(system);
    store.edit('main.py', 'mine = 1\n');
    store.addFile('mine.py', 'm = 1\n');
    const { savedBy, savedAt } = await other.drafts.save(app.id, { version: 1, files: [{ path: 'main.py', content: 'theirs = 1\n' }] });
    expect((await see(({ conflict }) => conflict !== undefined)).conflict).toMatchObject({ version: 2, savedBy, savedAt });
    expect(store.resolve(1, [])).toBe(false);
    const files = [{ path: 'main.py', content: 'both = 1\n' }, { path: 'mine.py', content: 'm = 1\n' }];
    expect(store.resolve(2, files)).toBe(true);
    expect(store.snapshot).toMatchObject({ save: 'idle', conflict: undefined, draftVersion: 2, files, merged: { by: 'hand', savedBy, savedAt, paths: ['b.py', 'main.py'] } });
    await store.save();
    expect(await other.drafts.read(app.id)).toMatchObject({ version: 3, files });
    store.undoMerge();
    expect(store.snapshot.files).toEqual([{ path: 'b.py', content: 'b = 1\n' }, { path: 'main.py', content: 'mine = 1\n' }, { path: 'mine.py', content: 'm = 1\n' }]);
  });

  it('is over for no undo any more once something is typed', async () => {
    const { store, app, other, see } = await openDesk(system);
    store.edit('main.py', 'mine = 1\n');
    await other.drafts.patch(app.id, { version: 1, put: [{ path: 'b.py', content: 'b = 2\n' }] });
    await see(({ merged }) => merged !== undefined);
    store.edit('main.py', 'mine = 2\n');
    expect(store.snapshot.merged).toBeUndefined();
    store.undoMerge();
    expect(textOf(store.snapshot, 'b.py')).toBe('b = 2\n');
  });
});
