import { presentApps } from './present-apps.ts';
import type { Figures } from '../parts/row.ts';
import { makeApps } from './make-apps.ts';
import { compile, record, replay } from './recorder.ts';
import { makeShape } from './shape.ts';
import type { ShapeName } from './shape-names.ts';

const apps = 100;
/** Pages before those that count: what is measured is a server that runs, not one whose code is still being compiled. */
const warmUp = 40;
const batch = 10;

/** One page of a hundred apps with their facts, through the SDK, beside its statements alone. */
export async function measureList(name: ShapeName, rounds: number): Promise<Figures> {
  const shape = await makeShape(name);
  try {
    const figures = { ours: [] as number[], peers: [] as number[] };
    await shape.start();
    await makeApps(await shape.client(), apps);
    await shape.stop();
    for (let round = 0; round <= rounds; round++) {
      await shape.start();
      const client = await shape.client();
      const own = await timed(async () => {
        const { items } = await client.apps.list({ limit: apps });
        if (items.length !== apps) throw new Error(`${items.length} apps were listed`);
      });
      await shape.stop();
      const { db, close } = await shape.open();
      const recording = record(db);
      await presentApps(recording.db, apps);
      const queries = compile(db, recording.nodes);
      const alone = await timed(() => replay(db, queries));
      await close();
      if (round === 0) continue;
      figures.ours.push(own);
      figures.peers.push(alone);
    }
    return figures;
  } finally {
    await shape.close();
  }
}

/** The median of a batch, in ms, once it is warm. */
async function timed(work: () => Promise<unknown>): Promise<number> {
  const all: number[] = [];
  for (let at = 0; at < warmUp; at++) await work();
  for (let at = 0; at < batch; at++) {
    const startedAt = performance.now();
    await work();
    all.push(performance.now() - startedAt);
  }
  return all.toSorted((a, b) => a - b)[Math.floor(batch / 2)]!;
}
