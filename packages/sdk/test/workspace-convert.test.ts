import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CallAnswer } from '@fapi/runner-controller/work';
import type { ConversionPlan } from '@fapi/sdk/contract';
import { startSystem, type System } from '../../server/test/parts/system.ts';
import { type Desk, openDesk, textOf } from './desk.ts';

const plan: ConversionPlan = { files: [{ path: 'main.py', pieces: [[0, 1], ' = 2\n'] }, { path: 'routers/x.py', pieces: ['x = 1\n'] }], kept: [], routes: 1, durationMs: 1 };
let system: System;
let convert: () => Promise<ConversionPlan>;
const serving = new AbortController();

beforeAll(async () => {
  system = await startSystem();
  // The runner of these tests.
  void system.bus.calls.serve(async (call): Promise<CallAnswer> => {
    if (call.kind === 'validate') return { schema: 1, kind: 'validate', findings: [], durationMs: 1 };
    return call.kind === 'convert' ? { schema: 1, kind: 'convert', plan: await convert() } : { schema: 1, kind: 'refused', code: 'none', message: 'not played here' };
  }, serving.signal);
});
afterAll(async () => {
  await system?.stop();
  serving.abort();
});

async function propose(): Promise<Desk> {
  convert = async () => plan;
  const desk = await openDesk(system);
  await desk.store.convert();
  await desk.see(({ conversion }) => conversion.state === 'proposed');
  return desk;
}
const paths = ({ store }: Desk): string[] => store.snapshot.files.map(({ path }) => path);

describe('a conversion', () => {
  it('is proposed without a change, taken as one saved change, and taken back in one step', async () => {
    const desk = await propose();
    const { store, other, app, see } = desk;
    expect([store.snapshot.dirtyPaths.size, textOf(store.snapshot)]).toEqual([0, 'a = 1\n']);
    expect(await store.applyConversion()).toBe(true);
    expect(await other.drafts.read(app.id)).toMatchObject({ version: 2, files: [{ path: 'b.py' }, { path: 'main.py', content: 'a = 2\n' }, { path: 'routers/x.py', content: 'x = 1\n' }] });
    await see(({ conversion }) => conversion.state === 'applied');
    store.edit('b.py', 'b = 3\n');
    await store.save();
    expect(await store.undoConversion()).toBe(true);
    expect(await other.drafts.read(app.id)).toMatchObject({ version: 4, files: [{ path: 'b.py', content: 'b = 3\n' }, { path: 'main.py', content: 'a = 1\n' }] });
    expect(store.snapshot.conversion.state).toBe('idle');
  });

  it('is not taken over what was typed since, and not taken back over it either', async () => {
    const desk = await propose();
    desk.store.edit('main.py', 'a = 9\n');
    expect(await desk.store.applyConversion()).toBe(false);
    await desk.store.convert();
    await desk.see(({ conversion }) => conversion.state === 'proposed');
    expect(await desk.store.applyConversion()).toBe(true);
    desk.store.edit('routers/x.py', 'x = 2\n');
    expect(await desk.store.undoConversion()).toBe(false);
    expect(paths(desk)).toEqual(['b.py', 'main.py', 'routers/x.py']);
  });

  it('never goes over what somebody else has saved meanwhile', async () => {
    const { store, other, app, see } = await propose();
    await other.drafts.patch(app.id, { version: 1, put: [{ path: 'main.py', content: 'a = 7\n' }] });
    // Either the stream has told of it before, and the proposal is of other files; or the save is refused.
    if (await store.applyConversion()) await see(({ conflict }) => conflict !== undefined);
    expect((await other.drafts.read(app.id)).files.find(({ path }) => path === 'main.py')).toMatchObject({ content: 'a = 7\n' });
  });

  it('is refused with the reasons, and one that is closed says nothing more', async () => {
    const { store, see } = await openDesk(system);
    convert = async () => ({ refused: { message: 'No routes.', file: 'main.py', line: 1, kept: [], findings: [] }, durationMs: 1 });
    await store.convert();
    const { conversion } = await see((snapshot) => snapshot.conversion.state === 'failed');
    expect(conversion.error).toMatchObject({ code: 'conversion_refused', issues: [{ path: 'draft.main.py', line: 1, message: 'No routes.' }] });
    let proceed = (): void => undefined;
    convert = () => new Promise((resolve) => { proceed = () => resolve(plan); });
    const asked = store.convert();
    await see((snapshot) => snapshot.conversion.state === 'running');
    store.closeConversion();
    proceed();
    await asked;
    expect(store.snapshot.conversion.state).toBe('idle');
  });
});
