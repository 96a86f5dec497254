import type { Context } from '../command.ts';
import type { DraftPatch } from '../../contract/files.ts';
import type { FapiClient } from '../../fapi-client.ts';
import { exitCodes } from '../exit-codes.ts';
import { CliError } from '../failure.ts';
import { compare, pathsOf } from '../project/compare.ts';
import { hashesOf, hashesOfDraft, makePatch, readFolder } from '../project/push-files.ts';

/** True in a project that has no app on the server yet. */
export const isWithoutApp = async (context: Context): Promise<boolean> => (await context.findAppId()) === undefined && (await context.project()).file !== undefined;

/** The app to test a folder for: the values for drafts and the limits that tests run with are an app's, and to make one is to save something. */
export async function getAppToTest(context: Context): Promise<string> {
  if (await isWithoutApp(context)) {
    throw new CliError('no_app', exitCodes.failed, 'this project has no app on the server yet, and tests run as an app', { hints: ['fapi push makes it: a draft, nothing is live by that', 'fapi deploy pushes, checks and makes it live'] });
  }
  return context.appId();
}

/** The draft with what is in the folder on top, as `validate` and `test` take it; nothing is saved. Outside of a project the draft as it is. */
export async function toLocalDraft(context: Context, client: FapiClient, appId: string): Promise<{ draftVersion: number; patch?: DraftPatch }> {
  const { signal } = context.world;
  const [project, draft] = [await context.project(), await client.drafts.read(appId, { signal })];
  if (!project.file) return { draftVersion: draft.version };
  const { scan } = await readFolder(project.folder, appId);
  const delta = compare(hashesOfDraft(draft), hashesOf(scan.files));
  if (pathsOf(delta).length === 0) return { draftVersion: draft.version };
  const { patch } = await makePatch(client, appId, scan.files, delta, signal);
  return { draftVersion: draft.version, patch: { move: [], remove: patch.remove ?? [], put: patch.put ?? [] } };
}
