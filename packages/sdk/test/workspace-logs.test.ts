import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSystem, type System, until } from '../../server/test/parts/system.ts';
import { openDesk } from './desk.ts';

let system: System;
beforeAll(async () => {
  system = await startSystem();
});
afterAll(() => system?.stop());
const print = (appId: string, from: number, count: number, text = 'x'): void =>
  system.bus.streams.publish({ kind: 'log', value: { schema: 1, appId, lines: Array.from({ length: count }, (_, index) => ({ seq: from + index, at: new Date(0).toISOString(), stream: 'stdout' as const, generation: 1, text })), dropped: 0 } });

describe('the output in a page', () => {
  it('is known to be there once it was read, is kept up to a number of lines, and counts what had to go', async () => {
    const { store, app, see } = await openDesk(system);
    await see(({ output }) => output.state === 'ready');
    for (let seq = 1; seq < 22_000; seq += 2_000) {
      print(app.id, seq, 2_000);
      await see(({ logs }) => logs.at(-1)?.seq === seq + 1_999);
    }
    const { logs, forgottenLines } = store.snapshot;
    expect([logs.length, logs[0]!.seq, forgottenLines]).toEqual([20_000, 2_001, 2_000]);
    expect(store.snapshot.output).toEqual({ state: 'ready', error: undefined });
  });

  it('says how many lines it has missed while its stream was away', async () => {
    const { app, gate, see } = await openDesk(system);
    print(app.id, 1, 10);
    await see(({ logs }) => logs.length === 10);
    const held = gate.hold(/GET .*events/);
    gate.cut();
    await held.arrived;
    for (let seq = 11; seq < 6_000; seq += 1_000) print(app.id, seq, 1_000);
    await until(async () => (await system.call(`/v1/apps/${app.id}/logs?limit=1`)).json.lines[0].seq, (seq) => seq === 6_010);
    held.release();
    const { logs, droppedLines } = await see((snapshot) => snapshot.logs.at(-1)?.seq === 6_010);
    // The stream may bring later what the answer has not.
    expect(logs.length + droppedLines).toBe(6_010);
  });

  it('is kept up to a number of letters, and the newest line however long it is', async () => {
    const { app, see } = await openDesk(system);
    for (let batch = 0; batch < 5; batch += 1) print(app.id, 1 + 4 * batch, 4, 'y'.repeat(900_000));
    const { logs, forgottenLines } = await see((snapshot) => snapshot.logs.at(-1)?.seq === 20 && snapshot.logs.length === 21 - snapshot.logs[0]!.seq);
    // An answer may have brought the newest before the stream has brought the oldest: those are not counted then.
    expect([logs.length, logs[0]!.seq, forgottenLines > 0]).toEqual([17, 4, true]);
  });
});
