import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { createMemoryBus } from '@fapi/runner-controller/work';
import { createApp } from '../../packages/server/src/commands/apps/create-app.ts';
import type { Actor, Context } from '../../packages/server/src/commands/context.ts';
import { deployApp } from '../../packages/server/src/commands/deployments/deploy-app.ts';
import { createKeyRing } from '../../packages/server/src/domain/environments/key-ring.ts';
import type { Database } from '../../packages/server/src/store/schema.ts';
import type { Figures } from '../parts/row.ts';
import { makeApps } from './make-apps.ts';
import { compile, record, rename, replay } from './recorder.ts';
import { makeShape } from './shape.ts';
import type { ShapeName } from './shape-names.ts';

const [writers, seconds] = [8, 2];

/** Deploys accepted and durable in a second, over eight writers; and the event loop's delay meanwhile, beside that of an idle server. */
export async function measureAccepts(name: ShapeName, rounds: number): Promise<{ accepts: Figures; delay: Figures }> {
  const shape = await makeShape(name);
  try {
    const figures = { ours: [] as number[], peers: [] as number[] };
    const delay = { ours: [] as number[], peers: [] as number[] };
    // In turn, and never both at once: PGlite has one user.
    for (let round = 0; round <= rounds; round++) {
      await shape.start();
      await shape.readDelay();
      // There is nothing to wait for: an idle server is watched for as long as the busy one.
      await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
      const idle = await shape.readDelay();
      const own = await deployForSeconds(await Promise.all(Array.from({ length: writers }, () => shape.client())));
      const busy = await shape.readDelay();
      await shape.stop();
      const { db, close } = await shape.open();
      const alone = await replayForSeconds(db);
      await close();
      if (round === 0) continue;
      figures.ours.push(own);
      figures.peers.push(alone);
      delay.ours.push(busy);
      delay.peers.push(idle);
    }
    return { accepts: figures, delay };
  } finally {
    await shape.close();
  }
}

async function deployForSeconds(clients: readonly Awaited<ReturnType<Awaited<ReturnType<typeof makeShape>>['client']>>[]): Promise<number> {
  const work = await Promise.all(clients.map(async (client) => ({ client, app: (await makeApps(client, 1))[0]!, version: 1 })));
  const until = performance.now() + seconds * 1_000;
  const startedAt = performance.now();
  const counts = await Promise.all(work.map(async ({ client, app, version }) => {
    let count = 0;
    for (let at = version; performance.now() < until; count++) {
      const patch = { put: [{ path: 'main.py', content: `from fastapi import FastAPI\n\napp = FastAPI(title="${app.id} ${at}")\n` }] };
      at = (await client.deployments.create(app.id, { draftVersion: at, patch })).draftVersion;
    }
    return count;
  }));
  return (counts.reduce((sum, count) => sum + count, 0) / (performance.now() - startedAt)) * 1_000;
}

/** The statements of one such deploy, again and again by as many writers, each for an app of its own, without a server around them. */
async function replayForSeconds(db: Database): Promise<number> {
  const logger = pino({ level: 'silent' });
  const context: Context = { db, bus: createMemoryBus(), logger, keyRing: createKeyRing(['k'.repeat(32)]), revisionsKept: 20, restoreDays: 7, endSessions: () => undefined, now: () => new Date(), appUrl: (host) => `http://${host}.localhost/`, wakeStreams: () => undefined, wakeStreamsSoon: () => undefined, wakeRelay: () => undefined };
  const key = randomUUID();
  const actor: Actor = { workspaceId: 'default', subject: 'bench', kind: 'operator' };
  const app = await createApp(context, actor, { title: 'Bench alone' });
  const recording = record(db);
  const content = `x = "${randomUUID()}"\n`;
  const made = await deployApp({ ...context, db: recording.db }, { ...actor, idempotencyKey: key }, app.id, { draftVersion: 1, patch: { put: [{ path: 'main.py', content }], remove: [] } as never });
  const queries = compile(db, recording.nodes);
  const targets: string[] = [];
  for (let at = 0; at < 400; at++) targets.push((await createApp(context, actor, { title: 'Bench alone' })).id);
  const until = performance.now() + seconds * 1_000;
  const startedAt = performance.now();
  const counts = await Promise.all(Array.from({ length: writers }, async () => {
    let count = 0;
    for (; performance.now() < until; count++) {
      const target = targets.pop();
      if (target === undefined) throw new Error('too few apps for the peer');
      const own = rename(queries, new Map([[app.id, target], [made.id, `dep_${randomUUID()}`], [key, randomUUID()]]));
      await db.transaction().execute((tx) => replay(tx, own));
    }
    return count;
  }));
  return (counts.reduce((sum, count) => sum + count, 0) / (performance.now() - startedAt)) * 1_000;
}
