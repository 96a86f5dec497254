import type { App, AppFile } from '@fapi/sdk/contract';
import { checkFiles, sortFiles } from '../domain/files.ts';
import { helloFiles } from '../domain/hello.ts';
import { makeHost } from '../domain/host.ts';
import { makeAppId, randomLetters } from '../domain/identifiers.ts';
import { digestOf } from '../domain/revision.ts';
import { addAppToToken, audit } from '../store/access.ts';
import { insertApp } from '../store/apps.ts';
import { appendEvents } from '../store/events.ts';
import type { Actor, Context } from './context.ts';
import { withIdempotency } from './idempotency.ts';
import { presentApp } from './present-app.ts';

/** Creates an app with its first draft. A token that is limited to apps gets the new one added. */
export async function createApp(context: Context, actor: Actor & { tokenHash?: string | undefined }, input: { title: string; files?: AppFile[] | undefined }, key: string | undefined): Promise<App> {
  checkFiles(input.files ?? helloFiles);
  const files = sortFiles(input.files ?? helloFiles);
  const at = context.now();
  const app = await context.db.transaction().execute((tx) => withIdempotency(tx, actor, key, ['create-app', input], at, async () => {
    const row = await insertApp(tx, {
      id: makeAppId(), workspace_id: actor.workspaceId, title: input.title, host: makeHost(input.title, randomLetters(6)), created_at: at, created_by: actor.subject, draft_digest: digestOf(files), files,
    });
    if (actor.tokenHash !== undefined) await addAppToToken(tx, actor.tokenHash, row.id);
    await audit(tx, { ...actor, action: 'app.create', appId: row.id }, at);
    return presentApp(tx, row, context.appUrl);
  }, (made) => appendEvents(tx, [{ workspaceId: actor.workspaceId, appId: made.id, type: 'app', payload: made }], at)));
  context.wakeStreams();
  return app;
}
