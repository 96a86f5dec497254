import { defaultLimits, type Limits } from './limits.ts';

export interface Config {
  host: string;
  /** 0 for any that is free. */
  port: number;
  agentSocket: string;
  /** Where to say that the gateway is ready; nowhere when absent. */
  stateFile: string | undefined;
  identity: string;
  orphanMs: number;
  suffixes: readonly string[] | undefined;
  limits: Limits;
}

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
  const agentSocket = environment['FAPI_AGENT_SOCKET'];
  if (!agentSocket) throw new ConfigError('FAPI_AGENT_SOCKET must be the path of the agent\'s socket.');
  const host = environment['FAPI_GATEWAY_HOST'] || '127.0.0.1';
  return {
    host,
    port: readNumber('FAPI_GATEWAY_PORT', 0, 0, 65_535),
    agentSocket,
    stateFile: environment['FAPI_GATEWAY_STATE'] || undefined,
    identity: environment['FAPI_GATEWAY_IDENTITY'] ?? '',
    orphanMs: readNumber('FAPI_ORPHAN_SECONDS', 600, 1, 31_536_000) * 1_000,
    suffixes: readSuffixes(environment['FAPI_GATEWAY_SUFFIXES'], host),
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

/** On loopback only `localhost`, or any page could point a name of its own at an app and read it (DNS rebinding); elsewhere every suffix. */
function readSuffixes(text: string | undefined, host: string): readonly string[] | undefined {
  if (text === '*') return undefined;
  if (text) return text.split(',').map((suffix) => suffix.trim().toLowerCase().replace(/^\.|\.$/g, ''));
  return /^(127\.|::1$|localhost$)/.test(host) ? ['localhost'] : undefined;
}
