import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Command } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { CliError } from '../failure.ts';

export const restore: Command = {
  name: 'restore', summary: 'a backup into the empty database of a new server (operators)', usage: '<file>', words: [1, 1], options: {},
  notes: ['Runs in a clone of fapi, with FAPI_DATABASE_URL or FAPI_DATA_DIR of the new', 'server, before that is started. Asks no server.'],
  async run({ output, world: { cwd, env, signal }, words: [name] }) {
    const file = resolve(cwd, name!);
    await access(file).catch(() => Promise.reject(new CliError('file_not_found', exitCodes.notFound, `${file} cannot be read`)));
    const program = await findProgram([cwd, import.meta.dirname]);
    const child = spawn(process.execPath, ['--conditions=fapi-source', program, file], { env: { ...env, INIT_CWD: cwd }, stdio: ['ignore', 'pipe', 'pipe'] });
    // What it had begun is undone with its transaction.
    signal.addEventListener('abort', () => child.kill('SIGTERM'));
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (said += text));
    const [code] = (await once(child, 'close')) as [number | null];
    if (code !== 0) throw new CliError('restore_failed', exitCodes.failed, said.trim());
    output.line(said.trim());
    return { ok: true, document: { file, message: said.trim() } };
  },
};

/** The server is not part of this package: its own program does it. */
async function findProgram(starts: readonly string[]): Promise<string> {
  for (const start of starts) for (let folder = start; ; folder = dirname(folder)) {
    const program = join(folder, 'tools/commands/restore.ts');
    if (await access(join(folder, 'packages/server/src/main.ts')).then(() => access(program)).then(() => true, () => false)) return program;
    if (dirname(folder) === folder) break;
  }
  throw new CliError('no_clone', exitCodes.failed, 'a backup is restored by the server\'s own program, and there is no clone of fapi here', { hints: ['run fapi restore in the clone, or npm run restore -- <file>'] });
}
