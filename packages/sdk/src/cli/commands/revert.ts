import type { Command } from '../command.ts';
import type { Revision } from '../../contract/revisions.ts';
import type { FapiClient } from '../../fapi-client.ts';
import { exitCodes } from '../exit-codes.ts';
import { CliError, usageError } from '../failure.ts';
import { short } from '../terminal/words.ts';
import { followDeployment } from './follow-deployment.ts';

export const revert: Command = {
  name: 'revert', summary: 'make an earlier revision live again', usage: '[last_good | number | digest]', words: [0, 1], options: {},
  notes: ['Without a word the newest revision that has proved itself. The draft stays as it', 'is. A digest may be cut to 6 digits or more.'],
  async run(context) {
    const { output, words: [word = 'last_good'], world: { signal } } = context;
    const { client } = await context.connect();
    const appId = await context.appId();
    // The server decides which one is the last good: between a look and an act another may have come.
    if (word === 'last_good') return followDeployment(context, client, await client.deployments.create(appId, { revision: 'last_good' }, { signal }));
    const revision = await findRevision(client, appId, word, signal);
    output.note(`reverting to revision ${revision.number} (${short(revision.digest)})${revision.comment === undefined ? '' : ` ${revision.comment}`}`);
    return followDeployment(context, client, await client.deployments.create(appId, { revision: revision.digest }, { signal }));
  },
};

async function findRevision(client: FapiClient, appId: string, word: string, signal: AbortSignal): Promise<Revision> {
  const [, digest] = /^(?:sha256:)?([0-9a-f]{6,64})$/.exec(word) ?? [];
  if (digest === undefined && !/^\d{1,5}$/.test(word)) throw usageError(`"${word}" is no revision: use last_good, a number or a digest`);
  const matches: Revision[] = [];
  for await (const revision of client.revisions.list(appId, { limit: 100 }, { signal })) {
    if (/^\d{1,5}$/.test(word) ? revision.number === Number(word) : revision.digest.startsWith(`sha256:${digest}`)) matches.push(revision);
  }
  if (matches.length > 1) throw usageError(`${word} begins ${matches.length} digests: use more of it`);
  if (matches[0]) return matches[0];
  throw new CliError('revision_not_found', exitCodes.notFound, `the app has no revision ${word}`, { hints: ['fapi status lists them'] });
}
