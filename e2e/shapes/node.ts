import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createClient, type FapiClient } from '@fapi/sdk';
import type { V1Pod } from '@kubernetes/client-node';
import { type NodeCluster, startNodeCluster } from '../../tools/parts/node-cluster.ts';
import { root } from '../../tools/parts/paths.ts';
import { makeImages } from '../../tools/setup/images/images.ts';
import { ensureKustomize } from '../../tools/setup/kustomize.ts';
import { lastWords, run } from '../../tools/setup/step.ts';
import { ensureTestCluster } from '../../tools/setup/test-cluster.ts';
import { ensureNodePrograms } from '../../tools/setup/test-node.ts';
import { type Balancer, startBalancer } from './balancer.ts';

export interface NodeShape {
  readonly cluster: NodeCluster;
  readonly client: FapiClient;
  /** A port of this machine that leads to the gateway's Service. */
  readonly gatewayPort: number;
  /** How long until the node was ready, and then the whole overlay, in seconds. */
  readonly took: Record<'images' | 'node' | 'overlay', number>;
  kubectl(...args: string[]): Promise<string>;
  /** Those that are not on their way out. */
  pods(namespace: string, selector: string): Promise<V1Pod[]>;
  /** `rollout restart`, and waits until nothing of the former is left. */
  roll(deployment: string): Promise<void>;
  /** Applies an overlay of `e2e/node` and waits for its programs. */
  install(overlay: 'overlay' | 'next'): Promise<void>;
  /** As `kubectl drain` does it. */
  evict(namespace: string, pod: string): Promise<void>;
  /** Every call to the API server but the control plane's and the node's own, so far. */
  readAudit(): Promise<AuditEvent[]>;
  stop(): Promise<void>;
}

export interface AuditEvent { verb: string; requestURI: string; user: { username: string }; responseStatus?: { code: number } }

/** Everything as pods of `deploy/overlays/local`, out of the product's own images, on a real node: nothing of it on this machine. */
export async function startNode(): Promise<NodeShape> {
  const programs = await ensureNodePrograms();
  const clock = startClock();
  const folder = await makeImages(programs);
  const images = clock();
  const cluster = await startNodeCluster({ controlPlane: await ensureTestCluster(), programs, images: folder });
  const node = clock();
  const balancers: Balancer[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(balancers.map((balancer) => balancer.stop()));
    await cluster.stop();
  };
  try {
    const { kubectl } = cluster;
    const operatorKey = await installOverlay(cluster);
    const overlay = clock();
    const open = async (service: string, port: number): Promise<string> => {
      const balancer = await startBalancer([port], await kubectl('-n', 'fapi', 'get', 'service', service, '-o', 'jsonpath={.spec.clusterIP}'));
      balancers.push(balancer);
      return balancer.url;
    };
    const client = createClient({ baseUrl: await open('fapi-server', 8787), apiKey: operatorKey });
    return {
      cluster, client, kubectl, took: { images, node, overlay },
      gatewayPort: Number(new URL(await open('fapi-gateway', 8788)).port),
      async pods(namespace, selector) {
        const { items } = JSON.parse(await kubectl('-n', namespace, 'get', 'pods', '-l', selector, '-o', 'json')) as { items: V1Pod[] };
        return items.filter((pod) => !pod.metadata?.deletionTimestamp);
      },
      async roll(deployment) {
        await kubectl('-n', 'fapi', 'rollout', 'restart', `deployment/${deployment}`);
        await kubectl('-n', 'fapi', 'rollout', 'status', `deployment/${deployment}`, '--timeout=180s');
      },
      install: (name) => apply(cluster, name),
      async evict(namespace, pod) {
        const file = join(cluster.folder, `evict-${pod}.json`);
        await writeFile(file, JSON.stringify({ apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: pod, namespace } }));
        await kubectl('create', '--raw', `/api/v1/namespaces/${namespace}/pods/${pod}/eviction`, '-f', file);
      },
      readAudit: async () => (await readFile(join(cluster.folder, 'audit.log'), 'utf8')).trim().split('\n').map((line) => JSON.parse(line) as AuditEvent),
      async stop() {
        client.close();
        await stop();
      },
    };
  } catch (error) {
    // What a pod has to say would be gone with its node.
    console.error(await describe(cluster).catch(String));
    await stop();
    throw error;
  }
}

/** As `npm run cluster` does it: namespaces, Secrets, the overlay, and waiting; answers the operator's key. */
async function installOverlay(cluster: NodeCluster): Promise<string> {
  const { kubectl } = cluster;
  await kubectl('apply', '--server-side', '-f', join(root, 'deploy/base/namespaces.yaml'));
  const [password, operatorKey, controllerKey, environmentKey] = Array.from({ length: 4 }, () => randomBytes(24).toString('base64url'));
  const secret = (name: string, values: Record<string, string>): Promise<string> => kubectl('-n', 'fapi', 'create', 'secret', 'generic', name, ...Object.entries(values).map(([key, value]) => `--from-literal=${key}=${value}`));
  await secret('fapi-postgres', { password: password! });
  await secret('fapi-addresses', { 'database-url': `postgres://fapi:${password}@postgres:5432/fapi`, 'nats-url': 'nats://nats:4222' });
  await secret('fapi-keys', { 'operator-key': operatorKey!, 'controller-key': controllerKey!, 'environment-key': environmentKey! });
  await apply(cluster, 'overlay');
  return operatorKey!;
}

async function apply({ kubectl, folder }: NodeCluster, overlay: string): Promise<void> {
  const built = await run(await ensureKustomize(), ['build', join(root, 'e2e/node', overlay)]);
  if (built.code !== 0) throw new Error(`e2e/node/${overlay} cannot be built:\n${lastWords(built)}`);
  const manifests = join(folder, `${overlay}.yaml`);
  await writeFile(manifests, built.stdout);
  await kubectl('apply', '--server-side', '-f', manifests);
  for (const program of ['statefulset/postgres', 'statefulset/nats', 'deployment/fapi-controller', 'deployment/fapi-server', 'deployment/fapi-gateway', 'deployment/fapi-egress']) await kubectl('-n', 'fapi', 'rollout', 'status', program, '--timeout=300s');
}

/** Pods, events, and the last words of each program: for whoever reads a failure. */
export async function describe({ kubectl }: NodeCluster): Promise<string> {
  const parts = [['get', 'pods', '-A', '-o', 'wide'], ['get', 'events', '-A', '--sort-by=.lastTimestamp', '-o', 'custom-columns=N:.involvedObject.name,R:.reason,M:.message']];
  const said = await Promise.all(parts.map((args) => kubectl(...args)));
  const names = (await kubectl('-n', 'fapi', 'get', 'pods', '-o', 'name')).trim().split('\n');
  const logs = await Promise.all(names.map(async (name) => `== ${name}\n${await kubectl('-n', 'fapi', 'logs', '--tail=15', name).catch(String)}`));
  return [...said.map((one) => one.split('\n').slice(-60).join('\n')), ...logs].join('\n');
}

function startClock(): () => number {
  let at = performance.now();
  return () => {
    const took = (performance.now() - at) / 1_000;
    at = performance.now();
    return Math.round(took * 10) / 10;
  };
}
