import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { AppFile } from '@fapi/sdk/contract';

/** Writes the files of a project into a folder, over what is there. */
export async function writeFiles(folder: string, files: readonly AppFile[]): Promise<void> {
  for (const { path, content } of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
}
