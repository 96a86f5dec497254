import { isIP } from 'node:net';
import { toBareHost } from '../program/to-bare-host.ts';
import type { Resolve } from './dial.ts';

export interface OwnPlaces {
  list(): readonly string[];
  /** Looks once more where the names lead; a name that leads nowhere now keeps what it led to. */
  renew(): Promise<void>;
}

/** Where programs of ours are: addresses as they are, and the hosts of these URLs. Whoever has one of them is no place for an app, at any port. */
export async function createOwnPlaces(addresses: readonly string[], urls: readonly string[], resolve: Resolve): Promise<OwnPlaces> {
  const hosts = [...new Set(urls.map((url) => toBareHost(new URL(url).hostname)))];
  const found = new Map<string, readonly string[]>();
  const renew = async (): Promise<void> => {
    for (const host of hosts) {
      const now = isIP(host) === 0 ? await resolve(host).catch(() => []) : [host];
      if (now.length > 0) found.set(host, now);
    }
  };
  await renew();
  return { list: () => [...addresses, ...[...found.values()].flat()], renew };
}
