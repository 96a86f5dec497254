import { createWriteStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Command } from '../command.ts';
import { backupRoutes } from '../../contract/backup.ts';
import { toOwnError } from '../../call.ts';
import { ContractError } from '../../errors.ts';
import { toApiError } from '../../problem.ts';
import { exitCodes } from '../exit-codes.ts';
import { CliError } from '../failure.ts';

const route = backupRoutes.read;

export const backup: Command = {
  name: 'backup', summary: 'everything that the server keeps, as one file (operators)', usage: '<file>', words: [1, 1], options: { force: { summary: 'replace the file' } },
  notes: ['The keys that seal environments are not in it: keep FAPI_ENVIRONMENT_KEY, or the', 'file environment-key of the data folder, in another place.'],
  async run({ connect, output, world: { cwd, signal }, words: [name], isSet }) {
    const file = resolve(cwd, name!);
    if (!isSet('force') && (await stat(file).catch(() => undefined))) throw new CliError('file_exists', exitCodes.conflict, `${file} is there already`, { hints: ['choose another name, or --force'] });
    const { target } = await connect();
    const response = await fetch(`${target.url}${route.path}`, { headers: { authorization: `Bearer ${target.key}` }, redirect: 'error', signal }).catch((error: unknown) => Promise.reject(toOwnError(error, route, signal)));
    if (!response.ok) throw toApiError(response, await response.json().catch(() => undefined), route);
    if (!response.body || response.headers.get('content-type') !== 'application/octet-stream') throw new ContractError(`${route.method} ${route.path} answered with what is no backup`, response.status);
    const wanted = Number(response.headers.get('content-length'));
    const part = `${file}.part`;
    try {
      await pipeline(Readable.fromWeb(response.body as never), createWriteStream(part, { mode: 0o600, flush: true }), { signal }).catch((error: unknown) => Promise.reject(toOwnError(error, route, signal)));
      const { size } = await stat(part);
      if (wanted > 0 && size !== wanted) throw new ContractError(`the backup was cut after ${size} of ${wanted} bytes`, 200);
      await rename(part, file);
      output.line(`${file}: ${size} bytes`);
      return { ok: true, document: { file, bytes: size } };
    } finally {
      await rm(part, { force: true });
    }
  },
};
