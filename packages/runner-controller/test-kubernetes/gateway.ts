import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { fileURLToPath } from 'node:url';
import type { KubernetesHouse } from './house.ts';

export interface GatewayProgram {
  readonly child: ChildProcess;
  readonly port: number;
  readonly healthPort: number;
  readonly ended: Promise<unknown>;
}

/** The gateway as it is run in a cluster, on loopback. Resolves when it listens. */
export async function startGateway(house: KubernetesHouse, environment: Record<string, string> = {}): Promise<GatewayProgram> {
  const child = spawn(process.execPath, ['--conditions=fapi-source', fileURLToPath(new URL('../src/gateway/main.ts', import.meta.url))], {
    env: {
      FAPI_GATEWAY_ROUTES: 'kubernetes', FAPI_KUBECONFIG: house.testCluster.kubeconfigPath, FAPI_KUBERNETES_NAMESPACE: house.namespace,
      FAPI_GATEWAY_HEALTH_PORT: '0', FAPI_GATEWAY_LEAVE_MS: '500', ...environment,
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = once(child, 'exit');
  let told = '';
  const ready = new Promise<{ port: number; healthPort: number }>((resolve, reject) => {
    child.stderr.on('data', (bytes) => {
      told += bytes;
      const line = told.split('\n').find((one) => one.includes('the gateway is ready'));
      if (line) resolve(JSON.parse(line) as never);
    });
    child.once('exit', () => reject(new Error(`the gateway ended: ${told}`)));
  });
  const { port, healthPort } = await ready;
  return { child, port, healthPort, ended };
}

/** Status of `/readyz` or `/livez`; 0 when nobody answers. */
export const askHealth = (gateway: GatewayProgram, path: string): Promise<number> => fetch(`http://127.0.0.1:${gateway.healthPort}${path}`).then((answer) => answer.status, () => 0);

export interface Load {
  /** Words in the order of their answers. */
  readonly words: string[];
  readonly failures: string[];
  /** No longer asks there, as a balancer whose probe has failed. */
  leave(port: number): void;
  stop(): Promise<void>;
}

/** Some clients that ask an app for its word without a pause, on connections that are kept, in turn at each gateway. */
export function startLoad(host: string, gateways: readonly GatewayProgram[], clients = 4): Load {
  const agent = new Agent({ keepAlive: true });
  const ports = new Set(gateways.map(({ port }) => port));
  const words: string[] = [];
  const failures: string[] = [];
  let isOver = false;
  const ask = (port: number): Promise<void> => new Promise((resolve) => {
    const asked = request({ host: '127.0.0.1', port, path: '/', agent, headers: { host: `${host}.localhost` } }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk: string) => (text += chunk)).on('error', (error) => void failures.push(`${port} ${error.message}`)).on('close', resolve).on('end', () => {
        if (answer.statusCode === 200) words.push((JSON.parse(text) as { word: string }).word);
        else failures.push(`${port} ${answer.statusCode} ${text}`);
      });
    });
    asked.on('error', (error) => {
      failures.push(`${port} ${error.message}`);
      resolve();
    });
    asked.end();
  });
  const loops = Array.from({ length: clients }, async (_, n) => {
    for (let turn = n; !isOver; turn++) await ask([...ports][turn % ports.size]!);
  });
  return {
    words, failures,
    leave: (port) => void ports.delete(port),
    async stop() {
      isOver = true;
      await Promise.all(loops);
      agent.destroy();
    },
  };
}
