import { createLocalJWKSet, type JSONWebKeySet, type LocalJWKSet } from 'jose';
import { DomainError } from '../domain/errors.ts';
import { isSafeAddress } from '../domain/access/user-claims.ts';

const [freshMs, keptMs] = [10 * 60_000, 24 * 3_600_000];
/** Strangers can name keys that are not there: only so often do they make us ask. */
const renewEveryMs = 30_000;
const [failurePauseMs, timeoutMs, longestAnswer] = [5_000, 5_000, 1_000_000];

export interface ProviderKeys {
  /** The issuer's keys. While it is away those that are known hold for a day; throws `identity_provider_unavailable` when there are none. */
  get(issuer: string): Promise<LocalJWKSet>;
  /** The same after asking the issuer again, unless that was asked for a moment ago. */
  renew(issuer: string): Promise<LocalJWKSet>;
}

interface Entry { keys?: LocalJWKSet; fetchedAt: number; triedAt: number; renewedAt: number; problem: string; pending?: Promise<void> | undefined }

/** Finds the public keys of identity providers by their discovery documents. Only issuers that a workspace names may be asked for. */
export function createProviderKeys(now: () => number): ProviderKeys {
  const entries = new Map<string, Entry>();
  const entryOf = (issuer: string): Entry => {
    const entry = entries.get(issuer) ?? { fetchedAt: -Infinity, triedAt: -Infinity, renewedAt: -Infinity, problem: '' };
    entries.set(issuer, entry);
    return entry;
  };
  const load = (issuer: string, entry: Entry): Promise<void> => (entry.pending ??= (async () => {
    try {
      entry.keys = await fetchKeys(issuer);
      entry.fetchedAt = now();
    } catch (error) {
      entry.problem = error instanceof Error ? error.message : 'no answer';
    }
    entry.triedAt = now();
    entry.pending = undefined;
  })());
  const get = async (issuer: string): Promise<LocalJWKSet> => {
    const entry = entryOf(issuer);
    const isKept = (): boolean => entry.keys !== undefined && now() - entry.fetchedAt < keptMs;
    const mayTry = entry.pending !== undefined || now() - entry.triedAt >= failurePauseMs;
    if (!isKept()) {
      if (mayTry) await load(issuer, entry);
      if (!isKept()) throw new DomainError('identity_provider_unavailable', `${issuer}: ${entry.problem}`);
    } else if (now() - entry.fetchedAt >= freshMs && mayTry) void load(issuer, entry);
    return entry.keys!;
  };
  return {
    get,
    async renew(issuer) {
      const entry = entryOf(issuer);
      if (now() - entry.renewedAt >= renewEveryMs) {
        entry.renewedAt = now();
        await load(issuer, entry);
      } else await entry.pending;
      return get(issuer);
    },
  };
}

async function fetchKeys(issuer: string): Promise<LocalJWKSet> {
  const found = (await fetchJson(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`)) as { issuer?: unknown; jwks_uri?: unknown } | null;
  if (found?.issuer !== issuer) throw new Error('its discovery document is that of another issuer');
  if (typeof found.jwks_uri !== 'string') throw new Error('its discovery document names no keys');
  return createLocalJWKSet((await fetchJson(found.jwks_uri)) as JSONWebKeySet);
}

async function fetchJson(address: string): Promise<unknown> {
  const url = URL.parse(address);
  if (!isSafeAddress(url)) throw new Error('it is not reached by https');
  let response: Response;
  try {
    response = await fetch(url, { redirect: 'error', headers: { accept: 'application/json' }, signal: AbortSignal.timeout(timeoutMs) });
  } catch {
    throw new Error('it does not answer');
  }
  if (!response.ok || !response.body) throw new Error(`it answers ${response.status}`);
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of response.body) {
    length += part.length;
    if (length > longestAnswer) throw new Error('its answer is too long');
    parts.push(part);
  }
  try {
    return JSON.parse(Buffer.concat(parts).toString('utf8'));
  } catch {
    throw new Error('its answer is not JSON');
  }
}
