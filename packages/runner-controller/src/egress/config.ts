import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { ConfigError, type Environment } from '../program/config-error.ts';
import { type ClusterPlace, readCluster } from '../program/read-cluster.ts';
import { readNumber, readPort } from '../program/read-number.ts';
import { assertPlace, isWithin } from './boundary.ts';
import { defaultLimits, type Limits } from './egress.ts';

export interface Config extends ClusterPlace {
  host: string;
  port: number;
  healthPort: number;
  /** Addresses and networks, maybe with a port, that nobody is connected to. */
  never: readonly string[];
  /** The networks of the cluster's pods and Services. */
  cluster: readonly string[];
  /** Programs of ours, which are never connected to either. */
  ownUrls: readonly string[];
  /** After SIGTERM it is not ready, and still connects for `leaveMs`; then what is open has `drainMs`. */
  leaveMs: number;
  drainMs: number;
  limits: Limits;
}

const none = 'none';

/** Reads the environment once; `own` are the addresses of this pod. Throws `ConfigError`. */
export function readConfig(environment: Environment, own: readonly string[] = listOwn()): Config {
  const readPlaces = (name: string, hasPort: boolean): string[] => {
    const places = (environment[name] ?? '').split(',').map((one) => one.trim()).filter((one) => one !== '');
    for (const place of places) {
      try {
        assertPlace(place, hasPort);
      } catch (error) {
        throw new ConfigError(`${name} is wrong: ${(error as Error).message}. Set it in your overlay.`);
      }
    }
    return places;
  };
  const { kubeconfig, namespace } = readCluster(environment);
  const api = environment['KUBERNETES_SERVICE_HOST'];
  const cluster = environment['FAPI_EGRESS_CLUSTER'] === none ? [] : readPlaces('FAPI_EGRESS_CLUSTER', false);
  // It cannot be found out, but what is wrong can be: that it was never set, and that it is another cluster's.
  if (kubeconfig === undefined && environment['FAPI_EGRESS_CLUSTER'] !== none) {
    const known = [[api!, 'the API of this cluster'], ...own.map((address) => [address, 'this pod'])].filter(([address]) => isIP(address!) !== 0);
    const [address, whose] = known.find(([one]) => !isWithin(cluster, one!)) ?? [];
    const fix = 'set it in your overlay to the networks of your cluster\'s pods, Services and nodes, with commas, such as 10.244.0.0/16,10.96.0.0/16 (or to none, where a name that an app was granted may lead into the cluster)';
    if (cluster.length === 0) throw new ConfigError(`FAPI_EGRESS_CLUSTER is not set: ${fix}.`);
    if (address !== undefined) throw new ConfigError(`FAPI_EGRESS_CLUSTER does not hold ${address}, the address of ${whose}: ${fix}.`);
  }
  const readUrls = (name: string, example: string): string[] => (environment[name] ?? '').split(',').map((one) => one.trim()).filter((one) => one !== '').map((one) => {
    if (!URL.canParse(one)) throw new ConfigError(`${name} is wrong: "${one}" is no address such as ${example}. Set it in your overlay.`);
    const { username, password } = new URL(one);
    // Whoever breaks this program gets no way into the others with it. Not repeated: this is logged.
    if (username !== '' || password !== '') throw new ConfigError(`${name} holds a user, a password or a token: leave them out, only the host is needed here, as in ${example}.`);
    return one;
  });
  const busUrls = readUrls('FAPI_EGRESS_NATS_URL', 'nats://nats:4222');
  if (kubeconfig === undefined && busUrls.length === 0) throw new ConfigError('FAPI_EGRESS_NATS_URL is not set: set it in your overlay to the address of NATS without user and password, such as nats://nats:4222, so that no app is connected there.');
  const ownUrls = [...readUrls('FAPI_SERVER_URL', 'http://fapi-server:8787'), ...readUrls('FAPI_GATEWAY_URL', 'http://fapi-gateway:8788'), ...busUrls];
  return {
    host: environment['FAPI_EGRESS_HOST'] || '0.0.0.0',
    port: readPort(environment, 'FAPI_EGRESS_PORT', 8443),
    healthPort: readPort(environment, 'FAPI_EGRESS_HEALTH_PORT', 7080),
    kubeconfig, namespace, ownUrls,
    never: [...readPlaces('FAPI_EGRESS_NEVER', true), ...(api ? [api] : [])],
    cluster,
    leaveMs: readNumber(environment, 'FAPI_EGRESS_LEAVE_MS', 5_000, 0, 600_000),
    drainMs: readNumber(environment, 'FAPI_EGRESS_DRAIN_MS', 20_000, 0, 3_600_000),
    limits: { ...defaultLimits, connections: readNumber(environment, 'FAPI_EGRESS_CONNECTIONS', defaultLimits.connections, 1, 1_000_000), idleMs: readNumber(environment, 'FAPI_EGRESS_IDLE_MS', defaultLimits.idleMs, 1_000, 86_400_000) },
  };
}

/** Those by which others know it: no loopback, and none that only its link knows. */
function listOwn(): string[] {
  return Object.values(networkInterfaces()).flatMap((all) => all ?? []).filter(({ internal, address }) => !internal && !/^(fe80:|169\.254\.)/i.test(address)).map(({ address }) => address);
}
