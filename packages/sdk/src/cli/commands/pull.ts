import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { CliError, usageError } from '../failure.ts';
import { readProjectFile, writeProjectFile } from '../project/find-project.ts';
import { pullFiles } from '../project/pull-files.ts';
import { listNames } from '../terminal/words.ts';
import { getProject } from '../steps/ensure-app.ts';

export const pull: Command = {
  name: 'pull', summary: 'bring the draft into the folder', usage: '[app] [folder]', words: [0, 2],
  options: { merge: { summary: 'put both changes into what both sides changed' }, force: { summary: 'take what the server has, and lose what was changed here' } },
  notes: ['With an app it is brought into a folder of its own (its id when none is named).', 'What was changed here only stays, and so does what the server never had.', 'What comes runs with plain uvicorn: uvicorn main:app'],
  async run(context) {
    const { world, output, words: [app, named], isSet } = context;
    if (isSet('merge') && isSet('force')) throw usageError('--merge and --force exclude each other');
    const { client, target } = await context.connect();
    const { folder, appId, isNew } = await findPlace();
    const { signal } = world;
    if (isNew) await client.apps.read(appId, { signal });
    await mkdir(folder, { recursive: true });
    const done = await pullFiles(client, folder, appId, { onClash: isSet('force') ? 'theirs' : isSet('merge') ? 'merge' : 'refuse', signal });
    if (isNew) await writeProjectFile(folder, { app: appId, ...(target.from === 'the demo' ? {} : { server: target.url }) });
    const { version, written, removed, kept, merged, marked } = done;
    for (const [verb, paths] of [['wrote', written], ['removed', removed], ['merged', merged], ['kept, changed here', kept]] as const) if (paths.length > 0) output.line(`${verb}: ${listNames(paths)}`);
    output.note(`${folder} has version ${version}${written.length + removed.length + merged.length + marked.length === 0 ? ' already' : ''}`);
    if (marked.length > 0) {
      throw new CliError('merge_marks', exitCodes.conflict, `both changed the same lines; look for <<<<<<< in ${listNames(marked)}`, { hints: ['take the marks out, then: fapi push'] });
    }
    return { ok: true, document: { app: appId, folder, version, written, removed, kept, merged } };

    async function findPlace(): Promise<{ folder: string; appId: string; isNew: boolean }> {
      if (app === undefined) {
        const project = await getProject(context);
        return { folder: project.folder, appId: await context.appId(), isNew: false };
      }
      const place = resolve(world.cwd, context.text('folder') ?? '.', named ?? app);
      const file = await readProjectFile(place);
      if (file?.app !== undefined && file.app !== app) throw usageError(`${place} is the project of ${file.app}`, 'name another folder');
      return { folder: place, appId: app, isNew: file?.app === undefined };
    }
  },
};
