import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { chown, cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from './port.ts';
import { postgresBinPath } from './paths.ts';
import { layTemplate } from './template.ts';

export interface PostgresServer {
  /** Makes an empty database and answers its URL. */
  createDatabase(): Promise<string>;
  /** SIGKILL of the whole server. */
  kill(): Promise<void>;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

const nobody = 65_534;

/** A real Postgres in a folder of its own, on a free loopback port, below `where`. Postgres refuses to run as root, so root hands it to `nobody`. */
export async function startPostgres(where = tmpdir()): Promise<PostgresServer> {
  const isRoot = process.getuid?.() === 0;
  const user = isRoot ? { uid: nobody, gid: nobody } : {};
  const folder = await mkdtemp(join(where, 'fapi-postgres-'));
  if (isRoot) await chown(folder, nobody, nobody);
  const bin = isRoot ? await reachableBin(folder) : postgresBinPath();
  const run = promisify(execFile);
  const data = join(folder, 'data');
  const version = (await run(join(bin, 'postgres'), ['--version'], { ...user, cwd: folder })).stdout.replaceAll(/\W+/g, '-');
  // Not below the checkout, which may be out of nobody's reach.
  await layTemplate('postgres', `${version}${isRoot ? 'root' : 'own'}`, async () => {
    await run(join(bin, 'initdb'), ['-D', join(folder, 'new'), '-U', 'fapi', '--auth=trust', '--no-sync', '-E', 'UTF8', '--locale=C'], { ...user, cwd: folder });
    return join(folder, 'new');
  }, data);
  const port = await freePort();
  let server = await start();
  let databases = 0;

  async function start(): Promise<ChildProcess> {
    const child = spawn(join(bin, 'postgres'), ['-D', data, '-c', 'listen_addresses=127.0.0.1', '-c', `port=${port}`, '-c', `unix_socket_directories=${folder}`, '-c', 'fsync=off', '-c', 'shared_buffers=32MB'], {
      ...user, cwd: folder, stdio: ['ignore', 'ignore', 'pipe'],
    });
    let output = '';
    await new Promise<void>((resolve, reject) => {
      child.stderr!.on('data', (chunk: Buffer) => {
        output += chunk.toString();
        if (output.includes('ready to accept connections')) resolve();
      });
      child.once('exit', (code) => reject(new Error(`postgres ended with ${code}: ${output.slice(-500)}`)));
    });
    child.stderr!.removeAllListeners('data').resume();
    return child;
  }
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    server.kill(signal);
    await once(server, 'exit');
  };
  return {
    async createDatabase() {
      const name = `test_${++databases}`;
      await run(join(bin, 'psql'), ['-h', folder, '-p', String(port), '-U', 'fapi', '-d', 'postgres', '-qc', `create database ${name}`], { ...user, cwd: folder });
      return `postgres://fapi@127.0.0.1:${port}/${name}`;
    },
    kill: () => end('SIGKILL'),
    async restart() {
      await end('SIGKILL');
      // The killed server's own children need a moment to notice; until then its shared memory counts as in use.
      for (let attempt = 0; ; attempt++) {
        try {
          server = await start();
          return;
        } catch (error) {
          if (attempt === 50 || !String(error).includes('shared memory block')) throw error;
        }
      }
    },
    async stop() {
      await end('SIGINT');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A clone below a private home is out of nobody's reach: copy the programs to where they can be run. */
async function reachableBin(folder: string): Promise<string> {
  const bin = postgresBinPath();
  if (isReachable(bin)) return bin;
  const copy = join(folder, 'pginstall');
  await cp(dirname(bin), copy, { recursive: true });
  return join(copy, 'bin');
}

function isReachable(path: string): boolean {
  for (let at = path; ; at = dirname(at)) {
    if (!existsSync(at) || (statSync(at).mode & 0o005) !== 0o005) return false;
    if (at === dirname(at)) break;
  }
  accessSync(join(path, 'postgres'), constants.X_OK);
  return true;
}
