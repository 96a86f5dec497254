import { isProxy } from '../proxies/index.ts';
import { defaultLimits, type Limits } from './limits.ts';

export interface Config {
  host: string;
  /** 0 for any that is free. */
  port: number;
  routes: AgentRouting | KubernetesRouting;
  /** Of `/livez` and `/readyz`; 0 for any that is free, nothing when absent. */
  healthPort: number | undefined;
  /** After SIGTERM it serves on for `leaveMs`, not ready, so that visitors are sent elsewhere; then open requests have `drainMs`. */
  leaveMs: number;
  drainMs: number;
  /** Where to say that the gateway is ready; nowhere when absent. */
  stateFile: string | undefined;
  identity: string;
  suffixes: readonly string[] | undefined;
  /** Proxies of ours before the gateway: addresses and networks. */
  proxies: readonly string[];
  previewOrigins: readonly string[] | undefined;
  limits: Limits;
}

export interface AgentRouting { kind: 'agent'; socket: string; orphanMs: number }
export interface KubernetesRouting { kind: 'kubernetes'; /** Undefined inside a cluster. */ kubeconfig: string | undefined; namespace: string }

/** A variable is wrong. The message is one sentence that names it. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** Reads the environment once. Throws `ConfigError`. */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const readNumber = (name: string, fallback: number, least: number, most: number): number => {
    const text = environment[name];
    if (text === undefined || text === '') return fallback;
    const value = /^\d{1,12}$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= least && value <= most)) throw new ConfigError(`${name} must be a whole number from ${least} to ${most}.`);
    return value;
  };
  const kind = environment['FAPI_GATEWAY_ROUTES'] || 'agent';
  if (kind !== 'agent' && kind !== 'kubernetes') throw new ConfigError('FAPI_GATEWAY_ROUTES must be agent or kubernetes.');
  const isInCluster = kind === 'kubernetes';
  const host = environment['FAPI_GATEWAY_HOST'] || '127.0.0.1';
  return {
    host,
    port: readNumber('FAPI_GATEWAY_PORT', 0, 0, 65_535),
    routes: isInCluster ? readKubernetes(environment) : { kind, socket: readAgentSocket(environment), orphanMs: readNumber('FAPI_ORPHAN_SECONDS', 600, 1, 31_536_000) * 1_000 },
    healthPort: environment['FAPI_GATEWAY_HEALTH_PORT'] ? readNumber('FAPI_GATEWAY_HEALTH_PORT', 0, 0, 65_535) : undefined,
    leaveMs: readNumber('FAPI_GATEWAY_LEAVE_MS', isInCluster ? 5_000 : 0, 0, 600_000),
    drainMs: readNumber('FAPI_GATEWAY_DRAIN_MS', isInCluster ? 20_000 : 5_000, 0, 3_600_000),
    stateFile: environment['FAPI_GATEWAY_STATE'] || undefined,
    identity: environment['FAPI_GATEWAY_IDENTITY'] ?? '',
    suffixes: readSuffixes(environment['FAPI_GATEWAY_SUFFIXES'], host),
    proxies: readProxies(environment['FAPI_TRUSTED_PROXIES']),
    previewOrigins: readOrigins(environment['FAPI_GATEWAY_PREVIEW_ORIGINS']),
    limits: {
      ...defaultLimits,
      connections: readNumber('FAPI_GATEWAY_CONNECTIONS', defaultLimits.connections, 1, 1_000_000),
      keepAliveMs: readNumber('FAPI_GATEWAY_KEEP_ALIVE_MS', defaultLimits.keepAliveMs, 100, 3_600_000),
      headMs: readNumber('FAPI_GATEWAY_HEAD_MS', defaultLimits.headMs, 100, 600_000),
      holdMs: readNumber('FAPI_GATEWAY_HOLD_MS', defaultLimits.holdMs, 0, 600_000),
      holdsPerApp: readNumber('FAPI_GATEWAY_HOLDS_PER_APP', defaultLimits.holdsPerApp, 0, 100_000),
    },
  };
}

function readAgentSocket(environment: Readonly<Record<string, string | undefined>>): string {
  const socket = environment['FAPI_AGENT_SOCKET'];
  if (!socket) throw new ConfigError('FAPI_AGENT_SOCKET must be the path of the agent\'s socket.');
  return socket;
}

function readKubernetes(environment: Readonly<Record<string, string | undefined>>): KubernetesRouting {
  const namespace = environment['FAPI_KUBERNETES_NAMESPACE'] || 'fapi-runners';
  if (!/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(namespace)) throw new ConfigError('FAPI_KUBERNETES_NAMESPACE must be the name of a namespace, such as fapi-runners.');
  const kubeconfig = environment['FAPI_KUBECONFIG'] || environment['KUBECONFIG'] || undefined;
  if (kubeconfig === undefined && !environment['KUBERNETES_SERVICE_HOST']) throw new ConfigError('FAPI_KUBECONFIG must be the path of a kubeconfig, because this is no pod of a cluster.');
  return { kind: 'kubernetes', kubeconfig, namespace };
}

function readProxies(text = ''): readonly string[] {
  const proxies = text.split(',').map((one) => one.trim()).filter((one) => one !== '');
  const wrong = proxies.find((proxy) => !isProxy(proxy));
  if (wrong !== undefined) throw new ConfigError(`FAPI_TRUSTED_PROXIES holds "${wrong}": it must be addresses or networks such as 10.0.0.0/8, with commas between them.`);
  return proxies;
}

/** On loopback only `localhost`, or any page could point a name of its own at an app and read it (DNS rebinding); elsewhere every suffix. */
function readSuffixes(text: string | undefined, host: string): readonly string[] | undefined {
  if (text === '*') return undefined;
  if (text) return text.split(',').map((suffix) => suffix.trim().toLowerCase().replace(/^\.|\.$/g, ''));
  return /^(127\.|::1$|localhost$)/.test(host) ? ['localhost'] : undefined;
}

/** Of the pages that may show apps in a frame. Anything but whole origins would end up in a policy, where it may mean something else: a URL's host may have `;` and `'` in it. */
function readOrigins(text: string | undefined): readonly string[] | undefined {
  if (!text || text === '*') return undefined;
  return text.split(/[\s,]+/).filter((part) => part !== '').map((part) => {
    const url = URL.parse(part);
    if (!url || !['http:', 'https:'].includes(url.protocol) || url.origin !== part.replace(/\/$/, '') || !/^(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])$/.test(url.hostname)) throw new ConfigError(`FAPI_GATEWAY_PREVIEW_ORIGINS must be * or origins such as https://portal.example, with commas between them; "${part}" is none.`);
    return url.origin;
  });
}
