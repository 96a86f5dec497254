import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureTestCluster } from '../setup/test-cluster.ts';
import { startLauncher } from './cluster/launcher.ts';
import { pythonPath, runnerPath } from './paths.ts';
import { type Proxy, startProxy } from './proxy.ts';

export { ensureTestCluster };
export type Component = 'etcd' | 'kube-apiserver' | 'kube-controller-manager' | 'kube-scheduler';

export interface TestCluster {
  /** Of an administrator. */
  readonly kubeconfigPath: string;
  readonly url: string;
  /** What a cluster of our own has beyond one that `FAPI_TEST_KUBECONFIG` names: it can be looked into and broken. */
  readonly own?: OwnCluster;
  /** Ends everything that was started and removes its folders; a cluster that was given stays as it is. */
  stop(): Promise<void>;
}

export interface OwnCluster {
  /** The launcher's process. */
  readonly pid: number;
  /** JSON lines (audit.k8s.io/v1 Event, level Metadata) of every call but the control plane's and the nodes' own; a call is there before its answer is. */
  readonly auditLogPath: string;
  /** SIGKILL, the same port and the same state; resolves when it is ready again. */
  restartApiServer(): Promise<void>;
  /** `stop` is SIGKILL; `pause` keeps its connections and says nothing. */
  component(name: Component): { start(): Promise<void>; stop(): Promise<void>; pause(): Promise<void>; resume(): Promise<void> };
  /** A kubeconfig whose way to the API server can be cut, held or slowed. */
  openLine(): Promise<{ kubeconfigPath: string; line: Proxy }>;
  /** A kubeconfig of another user, by a token: of a service account, for instance. */
  kubeconfigOf(token: string): Promise<string>;
  readonly node: FakeNode;
}

export interface FakeNode {
  /** SIGKILL to the first process of each container; answers their process ids. */
  killPod(namespace: string, name: string): Promise<number[]>;
  /** All that pods of that name have written so far, of ended ones too. */
  podLog(namespace: string, name: string): Promise<string>;
  /** The machine is lost: its processes are gone at once, and the API server hears no more of it. `fake-1` unless named. */
  stop(name?: string): Promise<void>;
  start(name?: string): Promise<void>;
}

/** A real control plane (3 s) with nodes that run each pod as a process, on free loopback ports; or the cluster of `FAPI_TEST_KUBECONFIG`. The caller stops it; it ends with its caller too. */
export async function startTestCluster({ nodes = 1 }: { nodes?: number } = {}): Promise<TestCluster> {
  const given = process.env['FAPI_TEST_KUBECONFIG'];
  if (given) return { kubeconfigPath: given, url: serverOf(await readFile(given, 'utf8')), stop: async () => undefined };

  const launcher = await startLauncher(await ensureTestCluster(), ['-nodes', String(nodes)], { FAPI_FAKE_PYTHON: pythonPath(), FAPI_FAKE_RUNNER_DIR: runnerPath });
  const { ready, ask } = launcher;
  const lines: Proxy[] = [];
  let written = 0;
  const writeKubeconfig = async (server: string, token?: string): Promise<string> => {
    const config = JSON.parse(await readFile(ready.kubeconfig, 'utf8')) as { clusters: [{ cluster: { server: string } }]; users: [{ user: { token: string } }] };
    config.clusters[0].cluster.server = server;
    if (token !== undefined) config.users[0].user.token = token;
    const path = join(ready.dir, `${++written}.kubeconfig`);
    await writeFile(path, JSON.stringify(config), { mode: 0o600 });
    return path;
  };
  const component = (name: Component): ReturnType<OwnCluster['component']> => {
    const order = (verb: string) => async (): Promise<void> => void (await ask({ do: verb, component: name }));
    return { start: order('start'), stop: order('stop'), pause: order('pause'), resume: order('resume') };
  };
  return {
    kubeconfigPath: ready.kubeconfig,
    url: ready.url,
    own: {
      pid: ready.pid,
      auditLogPath: ready.auditLog,
      async restartApiServer() {
        await component('kube-apiserver').stop();
        await component('kube-apiserver').start();
      },
      component,
      async openLine() {
        const line = await startProxy(Number(new URL(ready.url).port));
        lines.push(line);
        return { kubeconfigPath: await writeKubeconfig(`https://127.0.0.1:${line.port}`), line };
      },
      kubeconfigOf: (token) => writeKubeconfig(ready.url, token),
      node: {
        killPod: async (namespace, name) => await ask({ do: 'killPod', namespace, name }) as number[],
        podLog: async (namespace, name) => await ask({ do: 'podLog', namespace, name }) as string,
        stop: async (node = 'fake-1') => void (await ask({ do: 'stopNode', node })),
        start: async (node = 'fake-1') => void (await ask({ do: 'startNode', node })),
      },
    },
    async stop() {
      await Promise.all(lines.map((line) => line.stop()));
      await launcher.stop();
      // The launcher removes its own folder, unless it was killed.
      await rm(ready.dir, { recursive: true, force: true });
    },
  };
}

const serverOf = (kubeconfig: string): string => /"?server"?\s*:\s*"?(https?:\/\/[^\s"]+)/.exec(kubeconfig)?.[1] ?? '';
