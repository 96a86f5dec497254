import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { AppFile } from '@fapi/sdk/contract';
import { pythonPath, root } from '../../tools/parts/paths.ts';
import { writeFiles } from '../parts/write-files.ts';

/** What ends an import: the runner's own limits for one app. */
export interface Limits { files: number; processes: number }

/** A Python that has imported FastAPI and forks for each project. */
export interface Importer {
  /** Milliseconds that the import of `main` takes in a fresh fork, or until a limit ends it. */
  time(files: readonly AppFile[]): Promise<number>;
  stop(): Promise<void>;
}

export async function startImporter(limits?: Limits): Promise<Importer> {
  const folder = await mkdtemp(join(tmpdir(), 'fapi-import-'));
  const child = spawn(pythonPath(), ['-B', join(root, 'bench/python/importer.py'), ...(limits ? ['limited', String(limits.files), String(limits.processes)] : [])], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let number = 0;
  return {
    async time(files) {
      const project = join(folder, String(++number));
      await writeFiles(project, files);
      child.stdin.write(`${project}\n`);
      const { value, done } = await lines.next();
      if (done) throw new Error('the importer has ended');
      return Number(value);
    },
    async stop() {
      child.stdin.end();
      if (child.exitCode === null) await once(child, 'exit');
      await rm(folder, { recursive: true, force: true });
    },
  };
}
