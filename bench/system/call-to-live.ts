import { untilWord } from '../parts/ask.ts';
import { inTurn } from '../parts/in-turn.ts';
import { projects } from '../parts/projects.ts';
import { startReloadPeer } from '../parts/reload-peer.ts';
import type { Figures } from '../parts/row.ts';
import { startDeployed } from './deployed.ts';

/** From the SDK's deploy call of a draft that its validation has prepared to the first new answer, beside `uvicorn --reload`. */
export async function measureCallToLive(name: keyof typeof projects, rounds: number): Promise<Figures> {
  const project = projects[name];
  const deployed = await startDeployed(project);
  const { client, app, address } = deployed;
  try {
    const peer = await startReloadPeer(project);
    try {
      return await inTurn(rounds, async (round) => {
        const { version } = await client.drafts.read(app.id);
        const patch = { put: project.main(`ours ${round}`), remove: [] };
        const { dryImport } = await client.drafts.validate(app.id, { draftVersion: version, patch, session: 'bench-session', sequence: round });
        if (!dryImport?.prepared) throw new Error(`the draft was not prepared: ${dryImport?.reason ?? 'no reason'}`);
        const startedAt = performance.now();
        // Not live before it is accepted: whoever asks for it meanwhile takes from the time that is measured.
        const created = await client.deployments.create(app.id, { draftVersion: version, patch });
        const ms = await untilWord(address, `ours ${round}`, startedAt);
        await deployed.live(created);
        return ms;
      }, (round) => peer.change(`theirs ${round}`));
    } finally {
      await peer.stop();
    }
  } finally {
    await deployed.stop();
  }
}
