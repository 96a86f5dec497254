import type { App, AppFile } from '@fapi/sdk/contract';
import { checkFiles, sortFiles } from '../domain/files.ts';
import { helloFiles } from '../domain/hello.ts';
import { makeHost } from '../domain/host.ts';
import { makeAppId, randomLetters } from '../domain/identifiers.ts';
import { digestOf } from '../domain/revision.ts';
import { addAppToToken } from '../store/access.ts';
import { insertApp } from '../store/apps.ts';
import { act } from './act.ts';
import type { Actor, Context } from './context.ts';
import { presentApp } from './present-app.ts';

/** Creates an app with its first draft. A token that is limited to apps gets the new one added. */
export function createApp(context: Context, actor: Actor & { tokenHash?: string | undefined }, input: { title: string; files?: AppFile[] | undefined }): Promise<App> {
  checkFiles(input.files ?? helloFiles);
  const files = sortFiles(input.files ?? helloFiles);
  return act(context, actor, { action: 'apps.create', input }, async (tx, at) => {
    const row = await insertApp(tx, {
      id: makeAppId(), workspace_id: actor.workspaceId, title: input.title, host: makeHost(input.title, randomLetters(6)), created_at: at, created_by: actor.subject, draft_digest: digestOf(files), files,
    });
    if (actor.tokenHash !== undefined) await addAppToToken(tx, actor.tokenHash, row.id);
    const app = await presentApp(tx, row, context.appUrl);
    return { answer: app, appId: row.id, events: [{ workspaceId: actor.workspaceId, appId: row.id, type: 'app', payload: app }] };
  });
}
