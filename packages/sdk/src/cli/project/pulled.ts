import { join } from 'node:path';
import { exitCodes } from '../exit-codes.ts';
import { CliError } from '../failure.ts';
import { stateFolderName } from './find-project.ts';
import { readText } from './read-text.ts';

/** What folder and server had in common last: the base of what is pushed next. */
export interface Pulled {
  readonly app: string;
  /** Version of the draft. */
  readonly version: number;
  /** SHA-256 by path. */
  readonly files: Readonly<Record<string, string>>;
}

export const pulledFileName = 'pulled.json';

/** Undefined when the app was never pulled into this folder, or pushed from it. */
export async function readPulled(folder: string, app: string): Promise<Pulled | undefined> {
  const path = join(folder, stateFolderName, pulledFileName);
  const text = await readText(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    if (error.code === 'ENOTFILE') throw notOurs(path);
    throw error;
  });
  if (text === undefined) return undefined;
  const pulled = parse(text);
  if (!pulled) throw notOurs(path);
  return pulled.app === app ? pulled : undefined;
}

/** Of what lies in the folder that is ours alone, and was made by somebody else. */
export const notOurs = (path: string): CliError => new CliError('state_unreadable', exitCodes.failed, `${path} is not what fapi has written`, { hints: ['delete it; the next pull or push compares the folder with the server anew'] });

function parse(text: string): Pulled | undefined {
  try {
    const { app, version, files } = JSON.parse(text) as Partial<Pulled>;
    const isWhole = typeof app === 'string' && Number.isInteger(version) && typeof files === 'object' && files !== null && Object.values(files).every((hash) => typeof hash === 'string');
    return isWhole ? { app, version: version!, files } : undefined;
  } catch {
    return undefined;
  }
}
