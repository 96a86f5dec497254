import { basename } from 'node:path';
import type { Context } from '../command.ts';
import type { FapiClient } from '../../fapi-client.ts';
import { usageError } from '../failure.ts';
import { type Project, writeProjectFile } from '../project/find-project.ts';
import { createFromFolder, type Pushed, pushFolder } from '../project/push-files.ts';
import { count } from '../terminal/words.ts';

/** The project that the command is about; a folder without fapi.json is refused, so that nobody sends a home folder. */
export async function getProject({ project }: Context): Promise<Project> {
  const found = await project();
  if (!found.file) throw usageError(`there is no fapi.json in ${found.folder} or above`, 'fapi init begins a project', 'fapi init --existing makes a folder with files one', 'fapi pull <app> brings an app here');
  return found;
}

/** Pushes the folder; the first time that makes the app and writes its id into fapi.json. */
export async function pushProject(context: Context, client: FapiClient, project: Project, { isForced }: { isForced: boolean }): Promise<{ appId: string; isNew: boolean; pushed: Pushed }> {
  const { output, world: { env, signal } } = context;
  const known = context.text('app') ?? (env['FAPI_APP'] || undefined) ?? project.file?.app;
  if (known !== undefined) {
    const pushed = await pushFolder(client, project.folder, known, { isForced, signal });
    sayPushed(context, pushed);
    return { appId: known, isNew: false, pushed };
  }
  const { app, pushed } = await createFromFolder(client, project.folder, titleOf(context, project), signal);
  await writeProjectFile(project.folder, { app: app.id });
  output.note(`made the app ${app.id} (${app.title}) from ${count(pushed.files, 'file')}; fapi.json names it`);
  sayLinks(context, pushed);
  return { appId: app.id, isNew: true, pushed };
}

const titleOf = (context: Context, { folder }: Project): string => context.text('title') ?? ((basename(folder).slice(0, 80).trim()) || 'App');

function sayPushed(context: Context, pushed: Pushed): void {
  const { put, removed, sent, version } = pushed;
  const parts = [...(put.length > 0 ? [`${count(put.length, 'file')} put`] : []), ...(removed.length > 0 ? [`${removed.length} removed`] : []), ...(put.length > sent ? [`${put.length - sent} known there already`] : [])];
  context.output.note(parts.length === 0 ? `nothing to push: version ${version} is what is here` : `pushed version ${version}: ${parts.join(', ')}`);
  sayLinks(context, pushed);
}

function sayLinks({ output }: Context, { links }: Pushed): void {
  if (links.length > 0) output.note(`${output.style('yellow', 'left out')}: ${links.join(', ')} (links are not followed)`);
}
