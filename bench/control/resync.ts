import { listSpecs } from '../../packages/server/src/store/wishes/specs.ts';
import type { Figures } from '../parts/row.ts';
import { copyApp, makeApps } from './make-apps.ts';
import { makeShape } from './shape.ts';
import type { ShapeName } from './shape-names.ts';

const apps = 10_000;

/** From the start of a server that has ten thousand apps until everybody who follows has heard of all of them, beside reading their rows. */
export async function measureResync(name: ShapeName, rounds: number): Promise<Figures> {
  const shape = await makeShape(name);
  try {
    await shape.start();
    const [app] = await makeApps(await shape.client(), 1);
    await shape.stop();
    const first = await shape.open();
    await copyApp(first.db, app!.id, apps - 1);
    await first.close();
    const figures = { ours: [] as number[], peers: [] as number[] };
    for (let round = 0; round <= rounds; round++) {
      const started = await shape.start();
      if (started.apps !== apps) throw new Error(`${started.apps} apps were told of`);
      await shape.stop();
      const { db, close } = await shape.open();
      const startedAt = performance.now();
      const specs = await listSpecs(db, 'all');
      const alone = performance.now() - startedAt;
      await close();
      if (specs.length !== apps) throw new Error(`${specs.length} specs were read`);
      if (round === 0) continue;
      figures.ours.push(started.ms);
      figures.peers.push(alone);
    }
    return figures;
  } finally {
    await shape.close();
  }
}
