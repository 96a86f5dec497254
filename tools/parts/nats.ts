import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { natsServerPath } from './paths.ts';
import { freePort } from './port.ts';

export interface NatsServer {
  readonly url: string;
  /** SIGKILL; resolves when the process has ended. */
  kill(): Promise<void>;
  /** Starts it again on the same port and store. */
  restart(): Promise<void>;
  /** Kills it, deletes its store and starts it again on the same port. */
  wipe(): Promise<void>;
  /** Ends it and deletes its folder. */
  stop(): Promise<void>;
}

/** A real nats-server with JetStream in a folder of its own, on a free loopback port. The caller stops it. */
export async function startNats(): Promise<NatsServer> {
  const folder = await mkdtemp(join(tmpdir(), 'fapi-nats-'));
  const port = await freePort();
  const config = join(folder, 'nats.conf');
  const store = join(folder, 'store');
  // Reserved, not used: each bus of a test has streams of its own, and together they may reserve more than three quarters of a disk, which is the default.
  await writeFile(config, `listen: "127.0.0.1:${port}"\njetstream { store_dir: ${JSON.stringify(store)}, sync_interval: always, max_file_store: 1TB }\n`);
  let server = await run(config);
  const kill = async (): Promise<void> => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    server.kill('SIGKILL');
    await once(server, 'exit');
  };
  const restart = async (): Promise<void> => {
    await kill();
    server = await run(config);
  };
  return {
    url: `nats://127.0.0.1:${port}`,
    kill,
    restart,
    async wipe() {
      await kill();
      await rm(store, { recursive: true, force: true });
      await restart();
    },
    async stop() {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function run(config: string): Promise<ChildProcess> {
  const server = spawn(natsServerPath(), ['-c', config], { stdio: ['ignore', 'ignore', 'pipe'] });
  let output = '';
  await new Promise<void>((resolve, reject) => {
    server.stderr!.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      if (output.includes('Server is ready')) resolve();
    });
    server.once('error', reject);
    server.once('exit', (code) => reject(new Error(`nats-server ended with ${code}: ${output.slice(-500)}`)));
  });
  server.stderr!.removeAllListeners('data').resume();
  return server;
}
