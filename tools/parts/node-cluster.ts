import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { lastWords, run } from '../setup/step.ts';
import { root } from './paths.ts';

export interface NodeCluster {
  /** Of an administrator. */
  readonly kubeconfigPath: string;
  /** Keys, logs and data of its parts. */
  readonly folder: string;
  /** Rejects with kubectl's last words. */
  kubectl(...args: string[]): Promise<string>;
  /** SIGKILL to the process of containerd; it comes back by itself, as a machine's service manager does it. */
  killContainerd(): Promise<void>;
  /** Of control plane, node and containers, in MiB. */
  readMemory(): Promise<Record<string, number>>;
  stop(): Promise<void>;
}

/** A cluster of one real node, with the images of a folder (`tools/setup/images`) and no way to a registry. Needs root; one at a time on a machine. Pods and Services are reached at their own addresses. */
export async function startNodeCluster({ controlPlane, programs, images }: { controlPlane: string; programs: string; images: string }): Promise<NodeCluster> {
  const folder = await mkdtemp(join(tmpdir(), 'fapi-node-'));
  const child = spawn(join(root, 'tools/test-node/start.sh'), [controlPlane, programs, folder, images], { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin:/sbin` } });
  const closed = once(child, 'close').catch(() => undefined);
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said = `${said}${chunk.toString()}`.slice(-4_000)));
  child.stdin.on('error', () => undefined);
  const stop = async (): Promise<void> => {
    child.stdin.end();
    await closed;
    if (!process.env['FAPI_TEST_KEEP_NODE']) await rm(folder, { recursive: true, force: true });
  };
  const kubeconfigPath = await new Promise<string>((resolve, reject) => {
    createInterface(child.stdout).on('line', (line) => line.startsWith('READY ') && resolve(line.slice('READY '.length)));
    child.on('close', (code, signal) => reject(new Error(`The test node ended (${code ?? signal}): ${said.trim() || 'without a word'}`)));
  }).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  return {
    kubeconfigPath, folder, stop,
    async kubectl(...args) {
      const outcome = await run(join(programs, 'node'), ['kubectl', '--kubeconfig', kubeconfigPath, ...args]);
      if (outcome.code !== 0) throw new Error(`kubectl ${args.slice(0, 3).join(' ')}: ${lastWords(outcome)}`);
      return outcome.stdout;
    },
    async killContainerd() {
      for (const { pid, words } of await processes()) if (words[0] === 'containerd' && words.includes(join(folder, 'containerd.toml'))) process.kill(pid, 'SIGKILL');
    },
    async readMemory() {
      const sums: Record<string, number> = {};
      for (const { pid, words } of await processes()) {
        const isOurs = words.some((word) => word.includes(folder)) || words.includes('/run/c.sock') || words.includes('/run/containerd/containerd.sock');
        const name = isOurs ? /etcd|kube\S*|containerd-shim|containerd/.exec(words.slice(0, 2).join(' '))?.[0] : undefined;
        if (name) sums[name] = (sums[name] ?? 0) + Math.round(await residentKib(pid) / 1024);
      }
      return sums;
    },
  };
}

async function processes(): Promise<{ pid: number; words: string[] }[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  return (await Promise.all(pids.map(async (pid) => ({ pid: Number(pid), words: (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0') })))).filter(({ words }) => words[0] !== '');
}

const residentKib = async (pid: number): Promise<number> => Number(/VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${pid}/status`, 'utf8').catch(() => ''))?.[1] ?? 0);
