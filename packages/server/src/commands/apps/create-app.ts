import type { App, AppFile } from '@fapi/sdk/contract';
import { checkFiles, hashFile, manifestOf, sortFiles } from '../../domain/code/files.ts';
import { helloFiles } from '../../domain/hello.ts';
import { makeHost } from '../../domain/host.ts';
import { makeAppId, randomLetters } from '../../domain/identifiers.ts';
import { digestOf, partsOf } from '../../domain/code/revision.ts';
import { chooseLabels } from '../../domain/access/labels.ts';
import type { Principal } from '../../domain/access/principal.ts';
import { addAppToToken } from '../../store/access/embed-tokens.ts';
import { insertApp } from '../../store/apps/apps.ts';
import { insertDraft } from '../../store/code/drafts.ts';
import { act } from '../act.ts';
import type { Actor, Context } from '../context.ts';
import { presentApp } from '../present-app.ts';
import { requireAppQuota } from './require-quota.ts';

/** Creates an app with its first draft. A token that is limited to apps gets the new one added, and the app gets the labels that its token is limited to. */
export function createApp(context: Context, actor: Actor & Pick<Principal, 'apps' | 'labels' | 'tokenHash'>, input: { title: string; files?: AppFile[] | undefined; labels?: string[] | undefined }): Promise<App> {
  checkFiles(input.files ?? helloFiles);
  const files = sortFiles(input.files ?? helloFiles).map(hashFile);
  const [digest, parts] = [digestOf(files), partsOf(files)];
  const labels = chooseLabels(actor, input.labels);
  return act(context, actor, { action: 'apps.create', input }, async (tx, at) => {
    await requireAppQuota(tx, actor.workspaceId);
    const row = await insertApp(tx, {
      id: makeAppId(), workspace_id: actor.workspaceId, title: input.title, host: makeHost(input.title, randomLetters(6)), created_at: at, created_by: actor.subject, draft_digest: digest, draft_code: parts.code, draft_dependencies: parts.dependencies, labels,
    });
    await insertDraft(tx, { app_id: row.id, version: row.draft_version, digest, manifest: manifestOf(files), base_revision: null, saved_at: at, saved_by: actor.subject }, files);
    if (actor.apps !== undefined && actor.tokenHash !== undefined) await addAppToToken(tx, actor.tokenHash, row.id);
    const app = await presentApp(tx, row, context.appUrl);
    return { answer: app, appId: row.id, events: [{ workspaceId: actor.workspaceId, appId: row.id, type: 'app', payload: app }] };
  });
}
