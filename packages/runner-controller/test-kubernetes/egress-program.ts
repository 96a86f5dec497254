import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export interface EgressProgram {
  readonly child: ChildProcess;
  readonly port: number;
  readonly healthPort: number;
  /** What it has logged so far. */
  readonly logs: Record<string, unknown>[];
  readonly ended: Promise<unknown>;
}

/** The egress gateway as it is run in a cluster, on loopback. Resolves when it listens: after a controller has made its certificate. */
export async function startEgress(where: { kubeconfig: string; namespace: string; port?: number }, environment: Record<string, string> = {}): Promise<EgressProgram> {
  const child = spawn(process.execPath, ['--conditions=fapi-source', fileURLToPath(new URL('../src/egress/main.ts', import.meta.url))], {
    env: {
      FAPI_KUBECONFIG: where.kubeconfig, FAPI_KUBERNETES_NAMESPACE: where.namespace, FAPI_EGRESS_HOST: '127.0.0.1', FAPI_EGRESS_PORT: String(where.port ?? 0), FAPI_EGRESS_HEALTH_PORT: '0',
      FAPI_EGRESS_LEAVE_MS: '0', FAPI_EGRESS_DRAIN_MS: '500', ...environment,
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = once(child, 'exit');
  const logs: Record<string, unknown>[] = [];
  let told = '';
  const ready = new Promise<{ port: number; healthPort: number }>((resolve, reject) => {
    child.stderr.on('data', (bytes) => {
      const lines = `${told}${bytes}`.split('\n');
      told = lines.pop()!;
      for (const line of lines) {
        if (!line.startsWith('{')) continue;
        const said = JSON.parse(line) as Record<string, unknown>;
        logs.push(said);
        if (said['msg'] === 'the egress gateway is ready') resolve(said as never);
      }
    });
    child.once('exit', () => reject(new Error(`the egress gateway ended: ${told} ${JSON.stringify(logs.slice(-5))}`)));
  });
  ready.catch(() => undefined);
  return { child, ended, logs, ...(await ready) };
}
