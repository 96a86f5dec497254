import { describe, expect, it } from 'vitest';
import { listOwnAddresses } from './own-addresses.ts';

const machine = ['10.0.0.7', 'fd00::7'];

const table: readonly [title: string, gatewayPort: number, urls: readonly string[], expected: readonly string[]][] = [
  ['nothing where nothing listens', 0, [], []],
  ['the gateway at every address of the machine', 8788, [], ['10.0.0.7:8788', '[fd00::7]:8788']],
  ['a server that is named by address', 0, ['http://10.0.0.9:8787', 'nats://[fd00::9]:4222'], ['10.0.0.9:8787', '[fd00::9]:4222']],
  ['what is named by name is taken for this machine', 0, ['http://server:8787'], ['10.0.0.7:8787', '[fd00::7]:8787']],
  ['what listens everywhere is at every address of the machine', 0, ['http://0.0.0.0:8787'], ['10.0.0.7:8787', '[fd00::7]:8787']],
  ['each address once', 8787, ['http://10.0.0.7:8787', 'http://server:8787'], ['10.0.0.7:8787', '[fd00::7]:8787']],
];

describe('addresses that no grant reaches', () => {
  it.each(table)('%s', (_title, gatewayPort, urls, expected) => {
    expect(listOwnAddresses(gatewayPort, urls, machine)).toEqual(expected);
  });
});
