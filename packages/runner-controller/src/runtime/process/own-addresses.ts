import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { toBareHost } from '../../program/to-bare-host.ts';

const unspecified = ['0.0.0.0', '::'];
const defaultPorts: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443, 'nats:': 4222, 'tls:': 4222 };

/**
 * Where the control plane and the gateway listen, as the agent's `--egress-never` reads it: no grant reaches them. Loopback is refused in any case.
 * What listens everywhere is at every address of the machine; a name counts for what it leads to now, and for this machine.
 */
export async function listOwnAddresses(gatewayPort: number, urls: readonly string[], machine: readonly string[] = listMachine()): Promise<string[]> {
  const gateway = gatewayPort === 0 ? [] : machine.map((address) => write(address, gatewayPort));
  const named = await Promise.all(urls.map(async (url) => {
    const { hostname, port, protocol } = new URL(url);
    const host = toBareHost(hostname);
    const isAddress = isIP(host) !== 0 && !unspecified.includes(host);
    const addresses = isAddress ? [host] : [...machine, ...(await resolve(host))];
    return addresses.map((address) => write(address, Number(port) || (defaultPorts[protocol] ?? 80)));
  }));
  return [...new Set([...gateway, ...named.flat()])];
}

const write = (address: string, port: number): string => (isIP(address) === 6 ? `[${address}]:${port}` : `${address}:${port}`);

/** A name that leads nowhere now protects nothing, and must not keep anybody from starting. */
const resolve = async (host: string): Promise<string[]> => (isIP(host) === 0 ? (await lookup(host, { all: true }).catch(() => [])).map(({ address }) => address) : []);

const listMachine = (): string[] => Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []).filter(({ internal }) => !internal).map(({ address }) => address);
