import { describe, expect, it } from 'vitest';
import { assertPlace, createBoundary } from './boundary.ts';

const findObjection = createBoundary({
  never: () => ['10.96.0.1', '10.9.0.0/16', '10.8.0.1:5432', '[fd00::9]:80', 'fd00:1::/32'], cluster: ['10.244.0.0/16', '10.96.0.0/12'], isPod: (address) => address === '10.244.1.7',
});

describe('the boundary of what apps are connected to', () => {
  it.each([
    ['127.0.0.1', 'the machine itself'], ['127.9.9.9', 'the machine itself'], ['::1', 'the machine itself'], ['0.0.0.0', 'the machine itself'], ['::', 'the machine itself'], ['0.1.2.3', 'the machine itself'],
    ['169.254.169.254', 'metadata'], ['169.254.0.1', 'metadata'], ['fe80::1', 'metadata'], ['fd00:ec2::254', 'metadata'], ['fd20:ce::254', 'metadata'], ['100.100.100.200', 'metadata'], ['168.63.129.16', 'metadata'], ['192.0.0.192', 'metadata'],
    ['224.0.0.1', 'no single host'], ['255.255.255.255', 'no single host'], ['ff02::1', 'no single host'],
    ['::ffff:169.254.169.254', 'inside of another'], ['::ffff:a9fe:a9fe', 'inside of another'], ['0:0:0:0:0:FFFF:0a00:0001', 'inside of another'], ['::ffff:10.0.0.1', 'inside of another'], ['::127.0.0.1', 'inside of another'], ['64:ff9b::a9fe:a9fe', 'inside of another'], ['64:ff9b:1::1', 'inside of another'], ['2002:7f00:1::', 'inside of another'], ['2001:0:1::1', 'inside of another'],
    ['10.96.0.1', 'own'], ['10.9.3.4', 'own'], ['fd00:1:2::3', 'own'], ['10.244.1.7', 'a pod of an app'],
  ])('holds %s for %s, granted as an address or behind a name', (address, reason) => {
    expect(findObjection(address, 443, false)).toContain(reason);
    expect(findObjection(address, 443, true)).toContain(reason);
  });

  it('holds one port of a place where one is named', () => {
    expect([findObjection('10.8.0.1', 5432, false), findObjection('10.8.0.1', 5433, false)]).toEqual(['one of this system\'s own', undefined]);
    expect([findObjection('fd00::9', 80, false), findObjection('fd00::9', 81, false)]).toEqual(['one of this system\'s own', undefined]);
  });

  it.each(['10.244.3.3', '10.97.0.5'])('lets %s, inside of the cluster, be reached by who names it and not behind a name', (address) => {
    expect(findObjection(address, 80, false)).toBeUndefined();
    expect(findObjection(address, 80, true)).toContain('inside of the cluster');
  });

  it.each(['93.184.216.34', '10.0.0.7', '192.168.1.1', '2606:4700::1', 'fd00::7'])('lets %s be reached', (address) => {
    expect([findObjection(address, 443, false), findObjection(address, 443, true)]).toEqual([undefined, undefined]);
  });
});

describe('a place that nobody may reach', () => {
  it.each(['10.0.0.1', '10.0.0.0/8', '10.0.0.1:80', '10.0.0.0/8:80', 'fd00::1', 'fd00::/8', '[fd00::1]', '[fd00::1]:80', '[fd00::/8]:80'])('is %s', (text) => expect(() => assertPlace(text, true)).not.toThrow());
  it.each(['db.example', '10.0.0.0/33', '10.0.0.1:0', '10.0.0.1:70000', '10.0.0', '', '10.0.0.1/8/8', 'fd00::/129'])('is not "%s"', (text) => expect(() => assertPlace(text, true)).toThrow());
  it('has no port where a network is asked for', () => expect(() => assertPlace('10.0.0.0/8:80', false)).toThrow());
});
