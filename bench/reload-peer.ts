import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { freePort } from '../tools/parts/nats.ts';
import { pythonPath } from '../tools/parts/paths.ts';
import type { Project } from './projects.ts';

/** Asks for `/word` over fresh connections until it is `word`; answers the milliseconds since `startedAt`. */
export async function untilWord(ask: () => Promise<string>, word: string, startedAt: number): Promise<number> {
  for (;;) {
    if ((await ask().catch(() => '')) === JSON.stringify(word)) return performance.now() - startedAt;
    if (performance.now() - startedAt > 30_000) throw new Error(`"${word}" was not answered within 30 s`);
  }
}

/** The local developer's loop: `uvicorn --reload` on the same Python and the same files. */
export async function startReloadPeer(project: Project): Promise<{ change(word: string): Promise<number>; stop(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'fapi-peer-'));
  const port = await freePort();
  const write = async (word: string, only?: string): Promise<void> => {
    for (const file of project.files(word)) {
      if (only !== undefined && file.path !== only) continue;
      await mkdir(dirname(join(folder, file.path)), { recursive: true });
      await writeFile(join(folder, file.path), file.content);
    }
  };
  const ask = (): Promise<string> => new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, path: '/word', agent: false }, (answer) => {
      let body = '';
      answer.setEncoding('utf8').on('data', (chunk: string) => (body += chunk)).on('end', () => resolve(body)).on('error', reject);
    }).on('error', reject).end();
  });
  await write('first');
  const child: ChildProcess = spawn(pythonPath(), ['-m', 'uvicorn', 'main:app', '--reload', '--port', String(port), '--log-level', 'error'], { cwd: folder, stdio: 'ignore' });
  await untilWord(ask, 'first', performance.now());
  return {
    async change(word) {
      const startedAt = performance.now();
      await write(word, 'main.py');
      return untilWord(ask, word, startedAt);
    },
    async stop() {
      child.kill('SIGTERM');
      if (child.exitCode === null) await once(child, 'exit');
      await rm(folder, { recursive: true, force: true });
    },
  };
}
