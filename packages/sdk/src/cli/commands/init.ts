import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import type { Command } from '../command.ts';
import { usageError } from '../failure.ts';
import { checkAddress, writeProjectFile } from '../project/find-project.ts';
import { starter } from '../project/starter.ts';

export const init: Command = {
  name: 'init', summary: 'begin a project', usage: '[folder]', words: [0, 1],
  options: { existing: { summary: 'for a folder with files: only fapi.json is written' } },
  notes: ['Asks no server. The first push, deploy or dev makes the app.'],
  async run({ world, output, words: [named], text, isSet }) {
    const folder = resolve(world.cwd, text('folder') ?? '.', named ?? '.');
    const server = text('server');
    if (server !== undefined) checkAddress(server, '--server');
    await mkdir(folder, { recursive: true });
    const there = (await readdir(folder)).filter((name) => name !== '.git');
    if (there.includes('fapi.json')) throw usageError(`${folder} is a project already: it has a fapi.json`);
    if (there.length > 0 && !isSet('existing')) throw usageError(`${folder} is not empty (${there.slice(0, 3).join(', ')}${there.length > 3 ? ' …' : ''})`, 'fapi init --existing keeps the files and makes it a project', 'fapi init <folder> begins in a new folder');
    const files = there.length > 0 ? [] : starter;
    for (const { path, content } of files) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), content, { flag: 'wx' });
    }
    await writeProjectFile(folder, { ...(server === undefined ? {} : { server }), ...(text('app') === undefined ? {} : { app: text('app')! }) });
    const written = [...files.map(({ path }) => path), 'fapi.json'];
    const where = relative(world.cwd, folder);
    output.line(`${where === '' ? '.' : where}: ${written.join(', ')}`);
    output.note(`next: ${where === '' ? '' : `cd ${where} && `}${world.program} dev --deploy`);
    return { ok: true, document: { folder, files: written } };
  },
};
