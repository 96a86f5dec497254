import type { Command } from '../command.ts';
import type { Revision } from '../../contract/revisions.ts';
import { type ApiError, isApiError } from '../../errors.ts';
import type { FapiClient } from '../../fapi-client.ts';
import { exitCodes } from '../exit-codes.ts';
import { CliError, usageError } from '../failure.ts';
import { plain } from '../terminal/output.ts';
import { short } from '../terminal/words.ts';
import { followDeployment } from '../steps/follow-deployment.ts';

export const revert: Command = {
  name: 'revert', summary: 'make an earlier revision live again', usage: '[last_good | number | digest]', words: [0, 1],
  options: { 'as-deployed': { summary: 'with the environment of then, not the newest' }, message: { short: 'm', value: 'text', summary: 'a comment on why' } },
  notes: ['Without a word the newest revision that has proved good. The draft stays as it', 'is. A digest may be cut to 6 digits or more.'],
  async run(context) {
    const { output, words: [word = 'last_good'], world: { signal } } = context;
    const { client } = await context.connect();
    const appId = await context.appId();
    const revision = word === 'last_good' ? word : await findRevision(client, appId, word, signal);
    const comment = context.text('message');
    const deployment = await client.deployments
      .create(appId, { revision, environment: context.isSet('as-deployed') ? 'as_deployed' : 'newest', ...(comment === undefined ? {} : { comment }) }, { signal })
      .catch(async (error: unknown) => Promise.reject(isApiError(error, 'no_last_good') ? await explainNone(client, appId, error, signal) : error));
    output.note(`reverting to ${short(deployment.revision)}${comment === undefined ? '' : `: ${plain(comment)}`}`);
    return followDeployment(context, client, deployment);
  },
};

/** Nothing has proved good besides what is live: what could be asked for instead. */
async function explainNone(client: FapiClient, appId: string, { code, message, status, requestId }: ApiError, signal: AbortSignal): Promise<CliError> {
  const { items } = await client.revisions.list(appId, { limit: 5 }, { signal });
  const others = items.filter(({ isLive }) => !isLive);
  return new CliError(code, exitCodes.conflict, `${message}: last good is what was live for 30 s, or until a person replaced it, and is not live now`, {
    status, requestId, hints: others[0] ? [`fapi revert ${others[0].number} makes revision ${others[0].number} live; fapi status lists them`] : ['there is no other revision: change the code and fapi deploy'],
  });
}

/** The whole digest of the revision that a number or the beginning of a digest means. */
async function findRevision(client: FapiClient, appId: string, word: string, signal: AbortSignal): Promise<string> {
  const isNumber = /^\d{1,5}$/.test(word);
  const [, beginning] = /^(?:sha256:)?([0-9a-f]{6,64})$/.exec(word) ?? [];
  if (!isNumber && beginning === undefined) throw usageError(`"${word}" is no revision: use last_good, a number or a digest`);
  const matches: Revision[] = [];
  for await (const revision of client.revisions.list(appId, { limit: 100 }, { signal })) {
    if (isNumber ? revision.number === Number(word) : revision.digest.startsWith(`sha256:${beginning}`)) matches.push(revision);
  }
  if (matches.length > 1) throw usageError(`${word} begins ${matches.length} digests: use more of it`);
  if (!matches[0]) throw new CliError('revision_not_found', exitCodes.notFound, `the app has no revision ${word}`, { hints: ['fapi status lists them'] });
  return matches[0].digest;
}
