import { spawn } from 'node:child_process';
import { pythonPath } from './python.ts';

export interface Uvicorn { readonly url: string; /** All that it has printed. */ log(): string; stop(): Promise<void> }

/** An ASGI app of a folder under uvicorn, on loopback and on any free port unless one is given. Resolves once it is asked there, rejects with its words when it ends before. */
export async function startUvicorn(folder: string, app: string, environment: Readonly<Record<string, string>>, port = 0): Promise<Uvicorn> {
  const child = spawn(pythonPath(), ['-B', '-m', 'uvicorn', app, '--port', String(port)], { cwd: folder, env: { ...process.env, ...environment }, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  let text = '';
  const url = await new Promise<string>((resolve, reject) => {
    for (const output of [child.stdout, child.stderr]) {
      output.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
        const [, address] = /running on (http:\/\/[\d.:]+)/.exec(text) ?? [];
        if (address !== undefined) resolve(address);
      });
    }
    child.once('exit', () => reject(new Error(text)));
  });
  return {
    url, log: () => text,
    stop: async () => {
      child.kill();
      await ended;
    },
  };
}
