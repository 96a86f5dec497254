import { describe, expect, it } from 'vitest';
import { listOwnAddresses } from './own-addresses.ts';

const machine = ['10.0.0.7', 'fd00::7'];

const table: readonly [title: string, gatewayPort: number, urls: readonly string[], expected: readonly string[]][] = [
  ['nothing where nothing listens', 0, [], []],
  ['the gateway at every address of the machine', 8788, [], ['10.0.0.7:8788', '[fd00::7]:8788']],
  ['a server that is named by address', 0, ['http://10.0.0.9:8787', 'nats://[fd00::9]:4222'], ['10.0.0.9:8787', '[fd00::9]:4222']],
  ['what is named by name is this machine and whatever the name leads to', 0, ['http://localhost:8787'], ['10.0.0.7:8787', '[fd00::7]:8787', expect.stringMatching(/^(127\.0\.0\.1|\[::1\]):8787$/)]],
  ['a port that goes without saying', 0, ['nats://10.0.0.9', 'http://10.0.0.9'], ['10.0.0.9:4222', '10.0.0.9:80']],
  ['what listens everywhere is at every address of the machine', 0, ['http://0.0.0.0:8787'], ['10.0.0.7:8787', '[fd00::7]:8787']],
  ['each address once', 8787, ['http://10.0.0.7:8787', 'http://0.0.0.0:8787'], ['10.0.0.7:8787', '[fd00::7]:8787']],
];

describe('addresses that no grant reaches', () => {
  it.each(table)('%s', async (_title, gatewayPort, urls, expected) => {
    expect(await listOwnAddresses(gatewayPort, urls, machine)).toEqual(expected);
  });
});
