import { open, rename, rm, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from '../command.ts';
import { pathOf, toOwnError } from '../../call.ts';
import { ContractError } from '../../errors.ts';
import { toApiError } from '../../problem.ts';
import { exitCodes } from '../exit-codes.ts';
import { CliError, isFileError } from '../failure.ts';

const address = 'GET /v1/backup';

export const backup: Command = {
  name: 'backup', summary: 'everything that the server keeps, as one file (operators)', usage: '<file>', words: [1, 1], options: { force: { summary: 'replace the file' } },
  notes: ['The keys that seal environments are not in it: keep FAPI_ENVIRONMENT_KEY, or the', 'file environment-key of the data folder, in another place.'],
  async run({ connect, output, world: { cwd, signal }, words: [name], isSet }) {
    const file = resolve(cwd, name!);
    const requireFree = async (): Promise<void> => {
      if (!isSet('force') && (await stat(file).catch(() => undefined))) throw new CliError('file_exists', exitCodes.conflict, `${file} is there already`, { hints: ['choose another name, or --force'] });
    };
    await requireFree();
    const { target } = await connect();
    const part = `${file}.part`;
    // Before anything is asked for: a place that cannot be written costs the server a whole backup.
    const place = await open(part, 'w', 0o600);
    try {
      const response = await fetch(`${target.url}/${pathOf(address)}`, { headers: { authorization: `Bearer ${target.key}` }, redirect: 'error', signal });
      if (!response.ok) throw toApiError(response, await response.json().catch(() => undefined), address);
      if (!response.body || response.headers.get('content-type') !== 'application/octet-stream') throw new ContractError(`${address} answered with what is no backup`, response.status);
      await place.writeFile(response.body as never, { signal });
      await place.sync();
      const [{ size }, wanted] = [await place.stat(), Number(response.headers.get('content-length'))];
      if (wanted > 0 && size !== wanted) throw new ContractError(`the backup was cut after ${size} of ${wanted} bytes`, response.status);
      // A backup takes minutes: another one may have been written meanwhile.
      await requireFree();
      await rename(part, file);
      output.line(`${file}: ${size} bytes`);
      return { ok: true, document: { file, bytes: size } };
    } catch (error) {
      throw isFileError(error) || error instanceof CliError ? error : toOwnError(error, address, signal);
    } finally {
      await place.close();
      await rm(part, { force: true });
    }
  },
};
