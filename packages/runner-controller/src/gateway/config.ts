import { ConfigError, type Environment } from '../program/config-error.ts';
import { type ClusterPlace, readCluster } from '../program/read-cluster.ts';
import { readNumber, readPort } from '../program/read-number.ts';
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
export interface KubernetesRouting extends ClusterPlace { kind: 'kubernetes' }

/** Reads the environment once. Throws `ConfigError`. */
export function readConfig(environment: Environment): Config {
  const kind = environment['FAPI_GATEWAY_ROUTES'] || 'agent';
  if (kind !== 'agent' && kind !== 'kubernetes') throw new ConfigError('FAPI_GATEWAY_ROUTES must be agent or kubernetes.');
  const isInCluster = kind === 'kubernetes';
  const host = environment['FAPI_GATEWAY_HOST'] || '127.0.0.1';
  return {
    host,
    port: readPort(environment, 'FAPI_GATEWAY_PORT', 0),
    routes: isInCluster ? { kind, ...readCluster(environment) } : { kind, socket: readAgentSocket(environment), orphanMs: readNumber(environment, 'FAPI_ORPHAN_SECONDS', 600, 1, 31_536_000) * 1_000 },
    healthPort: environment['FAPI_GATEWAY_HEALTH_PORT'] ? readPort(environment, 'FAPI_GATEWAY_HEALTH_PORT', 0) : undefined,
    leaveMs: readNumber(environment, 'FAPI_GATEWAY_LEAVE_MS', isInCluster ? 5_000 : 0, 0, 600_000),
    drainMs: readNumber(environment, 'FAPI_GATEWAY_DRAIN_MS', isInCluster ? 20_000 : 5_000, 0, 3_600_000),
    stateFile: environment['FAPI_GATEWAY_STATE'] || undefined,
    identity: environment['FAPI_GATEWAY_IDENTITY'] ?? '',
    suffixes: readSuffixes(environment['FAPI_GATEWAY_SUFFIXES'], host),
    proxies: readProxies(environment['FAPI_TRUSTED_PROXIES']),
    previewOrigins: readOrigins(environment['FAPI_GATEWAY_PREVIEW_ORIGINS']),
    limits: {
      ...defaultLimits,
      connections: readNumber(environment, 'FAPI_GATEWAY_CONNECTIONS', defaultLimits.connections, 1, 1_000_000),
      keepAliveMs: readNumber(environment, 'FAPI_GATEWAY_KEEP_ALIVE_MS', defaultLimits.keepAliveMs, 100, 3_600_000),
      headMs: readNumber(environment, 'FAPI_GATEWAY_HEAD_MS', defaultLimits.headMs, 100, 600_000),
      holdMs: readNumber(environment, 'FAPI_GATEWAY_HOLD_MS', defaultLimits.holdMs, 0, 600_000),
      holdsPerApp: readNumber(environment, 'FAPI_GATEWAY_HOLDS_PER_APP', defaultLimits.holdsPerApp, 0, 100_000),
    },
  };
}

function readAgentSocket(environment: Environment): string {
  const socket = environment['FAPI_AGENT_SOCKET'];
  if (!socket) throw new ConfigError('FAPI_AGENT_SOCKET must be the path of the agent\'s socket.');
  return socket;
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
