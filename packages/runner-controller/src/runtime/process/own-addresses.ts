import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';

const unspecified = ['0.0.0.0', '::'];

/** Where the control plane and the gateway listen, as the agent's `--egress-never` reads it: no grant reaches them. Loopback is refused in any case; what is named by name is taken for this machine. */
export function listOwnAddresses(gatewayPort: number, urls: readonly string[], machine: readonly string[] = listMachine()): string[] {
  const gateway = gatewayPort === 0 ? [] : machine.map((address) => write(address, gatewayPort));
  const named = urls.flatMap((url) => {
    const { hostname, port } = new URL(url);
    const host = hostname.replace(/^\[|\]$/g, '');
    if (port === '') return [];
    return (isIP(host) !== 0 && !unspecified.includes(host) ? [host] : machine).map((address) => write(address, Number(port)));
  });
  return [...new Set([...gateway, ...named])];
}

const write = (address: string, port: number): string => (isIP(address) === 6 ? `[${address}]:${port}` : `${address}:${port}`);

const listMachine = (): string[] => Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []).filter(({ internal }) => !internal).map(({ address }) => address);
