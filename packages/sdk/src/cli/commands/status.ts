import type { Command } from '../command.ts';
import type { Revision } from '../../contract/revisions.ts';
import { compare, pathsOf } from '../project/compare.ts';
import { hashesOf, readFolder } from '../project/push-files.ts';
import { layTable, plain } from '../terminal/output.ts';
import { listNames, short } from '../terminal/words.ts';

const mostRevisions = 5;

export const status: Command = {
  name: 'status', summary: 'show the app, its revisions and what is not pushed yet', usage: '', words: [0, 0], options: {},
  async run(context) {
    const { output, world: { signal } } = context;
    const { client } = await context.connect();
    const [appId, project] = [await context.appId(), await context.project()];
    const app = await client.apps.read(appId, { signal });
    const [{ items: revisions }, { items: deployments }] = [await client.revisions.list(appId, { limit: mostRevisions }, { signal }), await client.deployments.list(appId, { limit: 50 }, { signal })];
    const commentOf = ({ digest, comment }: Revision): string => comment ?? deployments.find((deployment) => deployment.revision === digest && deployment.comment !== undefined)?.comment ?? '';
    const folder = project.file === undefined ? undefined : await readFolder(project.folder, appId);
    const unpushed = folder && pathsOf(compare(folder.pulled?.files ?? {}, hashesOf(folder.scan.files)));
    const { title, url, health, freshness, rollout, draftVersion, live, latest } = app;
    for (const line of layTable([
      ['app', `${plain(title)} (${appId})`], ['url', url], ['health', `${health}${app.suspended ? `, suspended${app.suspended.reason === undefined ? '' : `: ${plain(app.suspended.reason)}`}` : ''}`], ['freshness', freshness.replaceAll('_', ' ')],
      ['rollout', `${rollout}${rollout === 'failed' && latest?.message !== undefined ? `: ${plain(latest.message)}` : ''}`],
      ['draft', `version ${draftVersion}${folder?.pulled && folder.pulled.version !== draftVersion ? `; here is version ${folder.pulled.version}` : ''}`],
      ...(unpushed ? [['here', unpushed.length === 0 ? 'nothing to push' : `to push: ${listNames(unpushed)}`]] : []),
    ], Infinity)) output.line(line);
    for (const line of layTable(revisions.map((revision) => [`  ${revision.number}`, short(revision.digest), revision.isLive ? 'live' : (revision.outcome ?? ''), `${revision.isLastGood ? 'last good ' : ''}${plain(commentOf(revision))}`]), output.columns)) output.line(line);
    return { ok: true, document: { app, revisions, ...(unpushed ? { unpushed } : {}), ...(live ? { live: live.revision } : {}) } };
  },
};
