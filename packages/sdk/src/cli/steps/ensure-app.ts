import { basename } from 'node:path';
import type { Command, Context } from '../command.ts';
import type { FapiClient } from '../../fapi-client.ts';
import { usageError } from '../failure.ts';
import { type Project, writeProjectFile } from '../project/find-project.ts';
import { createFromFolder, type Pushed, pushFolder } from '../project/push-files.ts';
import { plain } from '../terminal/output.ts';
import { count, listNames } from '../terminal/words.ts';

/** The project that the command is about; a folder without fapi.json is refused, so that nobody sends a home folder. */
export async function getProject({ project }: Context): Promise<Project> {
  const found = await project();
  if (!found.file) throw usageError(`there is no fapi.json in ${found.folder} or above`, 'fapi init begins a project', 'fapi init --existing makes a folder with files one', 'fapi pull <app> brings an app here');
  return found;
}

/** Options of every command that pushes. */
export const pushOptions = {
  force: { summary: 'replace the draft that is there, whoever saved it' },
  'allow-marks': { summary: 'send files that hold the marks of a merge (<<<<<<<) too' },
  title: { value: 'text', summary: 'title of the app when it is made' },
} as const satisfies Command['options'];

/** Pushes the folder; the first time that makes the app and writes its id into fapi.json. */
export async function pushProject(context: Context, client: FapiClient, project: Project): Promise<{ appId: string; isNew: boolean; pushed: Pushed }> {
  const { output, isSet, world: { signal } } = context;
  const allowsMarks = isSet('allow-marks');
  const known = await context.findAppId();
  if (known !== undefined) {
    const pushed = await pushFolder(client, project.folder, known, { isForced: isSet('force'), allowsMarks, signal });
    sayPushed(context, pushed);
    return { appId: known, isNew: false, pushed };
  }
  const { app, pushed } = await createFromFolder(client, project.folder, { title: titleOf(context, project), allowsMarks, signal });
  await writeProjectFile(project.folder, { app: app.id });
  output.note(`made the app ${app.id} (${app.title}) from ${count(pushed.files, 'file')}; fapi.json names it`);
  sayLeftOut(context, pushed);
  return { appId: app.id, isNew: true, pushed };
}

const titleOf = (context: Context, { folder }: Project): string => context.text('title') ?? ((basename(folder).slice(0, 80).trim()) || 'App');

function sayPushed(context: Context, pushed: Pushed): void {
  const { put, removed, sent, version, newer } = pushed;
  const parts = [...(put.length > 0 ? [`${count(put.length, 'file')} put`] : []), ...(removed.length > 0 ? [`${removed.length} removed`] : []), ...(put.length > sent ? [`${put.length - sent} known there already`] : [])];
  if (newer) context.output.note(`nothing to push: nothing was changed here since version ${version}; but ${plain(newer.savedBy)} saved version ${newer.version} (${listNames(newer.theirs)}): fapi pull brings it here`);
  else context.output.note(parts.length === 0 ? `nothing to push: version ${version} is what is here` : `pushed version ${version}: ${parts.join(', ')}`);
  sayLeftOut(context, pushed);
}

function sayLeftOut({ output }: Context, { links, nested }: Pushed): void {
  const say = (names: readonly string[], why: string): void => output.note(`${output.style('yellow', 'left out')}: ${listNames(names)} (${why})`);
  if (links.length > 0) say(links, 'links are not followed');
  if (nested.length > 0) say(nested, 'a folder with a fapi.json is a project of its own');
}
