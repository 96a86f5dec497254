import { untilWord } from '../parts/ask.ts';
import { inTurn } from '../parts/in-turn.ts';
import { projects } from '../parts/projects.ts';
import { startReloadPeer } from '../parts/reload-peer.ts';
import type { Figures } from '../parts/row.ts';
import { startDeployed } from './deployed.ts';
import { startImporter } from './importer.ts';

/** From the SDK's deploy call of a draft that nobody has looked at to the first new answer, beside `uvicorn --reload` and beside its own import. */
export async function measureUnprepared(name: keyof typeof projects, rounds: number): Promise<{ live: Figures; overImport: Figures }> {
  const project = projects[name];
  const deployed = await startDeployed(project);
  const { client, app, address } = deployed;
  const imports: number[] = [];
  try {
    const peer = await startReloadPeer(project);
    const importer = await startImporter();
    try {
      const live = await inTurn(rounds, async (round) => {
        const { version } = await client.drafts.read(app.id);
        const startedAt = performance.now();
        // Not live before it is accepted: whoever asks for it meanwhile takes from the time that is measured.
        const created = await client.deployments.create(app.id, { draftVersion: version, patch: { put: project.main(`ours ${round}`), remove: [] } });
        const ms = await untilWord(address, `ours ${round}`, startedAt);
        await deployed.live(created);
        return ms;
      }, async (round) => {
        imports.push(await importer.time(project.files(`import ${round}`)));
        return peer.change(`theirs ${round}`);
      });
      return { live, overImport: { ours: live.ours, peers: imports.slice(1) } };
    } finally {
      await importer.stop();
      await peer.stop();
    }
  } finally {
    await deployed.stop();
  }
}
