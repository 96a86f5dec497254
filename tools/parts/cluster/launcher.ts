import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export interface Launcher {
  readonly ready: { url: string; kubeconfig: string; auditLog: string; dir: string; pid: number; readyMs: number };
  /** One command, one answer; rejects with the launcher's words. */
  ask(command: Record<string, unknown>): Promise<unknown>;
  stop(): Promise<void>;
}

interface Answer { ready?: Launcher['ready']; id?: number; result?: unknown; error?: string }
interface Waiting { resolve(result: unknown): void; reject(error: Error): void }

/** Starts `test-cluster up` and speaks its JSON lines. It ends when we do: its standard input closes. */
export async function startLauncher(binary: string, args: readonly string[], env: Record<string, string>): Promise<Launcher> {
  const child = spawn(binary, ['up', ...args], { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, ...env } });
  const closed = once(child, 'close').catch(() => undefined);
  const waiting = new Map<number, Waiting>();
  let said = '';
  let ended: Error | undefined;
  let asked = 0;
  child.stderr.on('data', (chunk: Buffer) => (said = `${said}${chunk.toString()}`.slice(-4_000)));
  // A command that finds it gone is answered by the end below.
  child.stdin.on('error', () => undefined);
  const ready = await new Promise<Launcher['ready']>((resolve, reject) => {
    createInterface(child.stdout).on('line', (line) => {
      const answer = JSON.parse(line) as Answer;
      if (answer.ready) return resolve(answer.ready);
      const asker = waiting.get(answer.id!);
      waiting.delete(answer.id!);
      if (answer.error === undefined) asker?.resolve(answer.result);
      else asker?.reject(new Error(answer.error));
    });
    const end = (error: Error): void => {
      ended = error;
      reject(error);
      for (const { reject: refuse } of waiting.values()) refuse(error);
      waiting.clear();
    };
    child.on('error', end);
    child.on('close', (code, signal) => end(new Error(`The test cluster ended (${code ?? signal}): ${said.trim() || 'without a word'}`)));
  });
  return {
    ready,
    ask: (command) => new Promise((resolve, reject) => {
      if (ended) return reject(ended);
      const id = ++asked;
      waiting.set(id, { resolve, reject });
      child.stdin.write(`${JSON.stringify({ id, ...command })}\n`);
    }),
    async stop() {
      child.stdin.end();
      await closed;
    },
  };
}
