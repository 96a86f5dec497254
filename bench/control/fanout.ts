import { connect } from 'nats';
import type { Deployment, FapiClient } from '@fapi/sdk';
import { startNats } from '../../tools/parts/nats.ts';
import { type Figures, percentile } from '../parts/row.ts';
import { makeApps } from './make-apps.ts';
import { makeShape } from './shape.ts';
import type { ShapeName } from './shape-names.ts';

const [watchers, words] = [100, 10];

/** From a runner's word to the event of each of a hundred watchers, the 99th percentile; beside a round trip over a bare NATS. */
export async function measureFanout(name: ShapeName, rounds: number): Promise<Figures> {
  const shape = await makeShape(name);
  const nats = await startNats();
  const [asking, answering] = await Promise.all([connect({ servers: nats.url }), connect({ servers: nats.url })]);
  answering.subscribe('echo', { callback: (_, message) => void message.respond(message.data) });
  try {
    await shape.start();
    const clients = await Promise.all(Array.from({ length: 10 }, () => shape.client()));
    const figures = { ours: [] as number[], peers: [] as number[] };
    for (let round = 0; round <= rounds; round++) {
      const own = await watchWords(clients, (status) => shape.report(status));
      const bare: number[] = [];
      for (let at = 0; at < watchers * words; at++) {
        const startedAt = performance.now();
        await asking.request('echo', new Uint8Array(1_000), { timeout: 5_000 });
        bare.push(performance.now() - startedAt);
      }
      if (round === 0) continue;
      figures.ours.push(percentile(own, 0.99));
      figures.peers.push(percentile(bare, 0.99));
    }
    return figures;
  } finally {
    await Promise.all([asking.close(), answering.close()]);
    await nats.stop();
    await shape.close();
  }
}

async function watchWords(clients: readonly FapiClient[], report: (status: never) => Promise<void>): Promise<number[]> {
  const [app] = await makeApps(clients[0]!, 1);
  const stop = new AbortController();
  const times: number[] = [];
  let startedAt = 0;
  let open = 0;
  let heard = 0;
  let onOpen: () => void = () => undefined;
  let onHeard: () => void = () => undefined;
  const isStage = (deployment: Deployment, stages: number): boolean => deployment.stages.length > stages;
  let stagesBefore = 1;
  const follow = async (client: FapiClient): Promise<void> => {
    try {
      for await (const event of client.events.stream({ apps: [app!.id], topics: ['deployments'], signal: stop.signal })) {
        if (event.type === 'ready' && ++open === watchers) onOpen();
        if (event.type !== 'deployment' || !isStage(event.deployment, stagesBefore)) continue;
        times.push(performance.now() - startedAt);
        if (++heard === watchers) onHeard();
      }
    } catch (error) {
      if (!stop.signal.aborted) throw error;
    }
  };
  const opened = new Promise<void>((resolve) => (onOpen = resolve));
  const following = Array.from({ length: watchers }, (_, at) => follow(clients[at % clients.length]!));
  await opened;
  const names = ['validating', 'preparing', 'starting', 'verifying'] as const;
  for (let word = 0; word < Math.min(words, names.length); word++) {
    const done = new Promise<void>((resolve) => (onHeard = resolve));
    heard = 0;
    stagesBefore = word + 1;
    const stages = names.slice(0, word + 1).map((name, at) => ({ name, startedAt: new Date(at).toISOString() }));
    startedAt = performance.now();
    await report({ schema: 1, appId: app!.id, generation: app!.generation, phase: 'working', health: 'unknown', stages } as never);
    await done;
  }
  stop.abort();
  await Promise.all(following);
  return times;
}
