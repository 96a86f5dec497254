import { createClient } from '@fapi/sdk';
import { startEmbedded } from '../e2e/shapes/embedded.ts';
import { visit } from '../e2e/visit.ts';
import { projects } from './projects.ts';
import { startReloadPeer, untilWord } from './reload-peer.ts';
import { makeRow, type Row } from './row.ts';

/** From the SDK's deploy call to the first answer of the new revision at the app's URL, against `uvicorn --reload` from file write to first new answer. */
export async function measureClickToLive(rounds: number): Promise<Row[]> {
  const system = await startEmbedded();
  const client = createClient({ baseUrl: system.baseUrl, apiKey: system.operatorKey });
  const rows: Row[] = [];
  try {
    for (const project of projects) {
      const app = await client.apps.create({ title: project.name, files: project.files('first') });
      const peer = await startReloadPeer(project);
      const [ours, peers]: [number[], number[]] = [[], []];
      try {
        for (let round = 0; round <= rounds; round++) {
          const { version } = await client.drafts.read(app.id);
          const main = project.files(`ours ${round}`).filter((file) => file.path === 'main.py');
          const startedAt = performance.now();
          const deployment = await client.deployments.create(app.id, { draftVersion: version, patch: { put: main, remove: [] } });
          const own = await untilWord(async () => (await visit(system.gatewayPort, app.url, '/word')).body, `ours ${round}`, startedAt);
          await client.deployments.untilSettled(deployment);
          const theirs = await peer.change(`theirs ${round}`);
          // The first round warms both sides.
          if (round === 0) continue;
          ours.push(own);
          peers.push(theirs);
        }
      } finally {
        await peer.stop();
      }
      rows.push(makeRow({ id: `deploy.click_to_live.${project.name}`, what: `deploy call to first new answer, ${project.what}`, unit: 'ms', peer: 'uvicorn --reload', goal: '<= 0.25' }, ours, peers));
    }
    return rows;
  } finally {
    client.close();
    await system.stop();
  }
}
