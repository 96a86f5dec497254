import { get, type IncomingHttpHeaders } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { type House, openHouse, routeTo } from './test-parts/house.ts';

let house: House;
afterEach(() => house.close());

/** What an app behind these proxies is told, asked from loopback with these headers. */
async function told(proxies: readonly string[], headers: Record<string, string | string[]>): Promise<unknown[]> {
  house = await openHouse({ proxies });
  let seen: IncomingHttpHeaders = {};
  await house.agent.publish([routeTo(await house.app('a', (message, answer) => {
    seen = message.headers;
    answer.end();
  }))]);
  await new Promise<void>((resolve, reject) => void get({ host: '127.0.0.1', port: house.port, headers: { host: 'alpha.localhost', ...headers } }, (answer) => answer.resume().on('end', resolve)).on('error', reject));
  return [seen['x-forwarded-for'], seen['x-forwarded-proto'], seen['x-forwarded-host']];
}

test.each([
  ['an address and a scheme of a proxy that is ours', ['127.0.0.0/8'], { 'x-forwarded-for': '203.0.113.7', 'x-forwarded-proto': 'https' }, '203.0.113.7', 'https'],
  ['nothing of anybody else', ['10.0.0.0/8'], { 'x-forwarded-for': '203.0.113.7', 'x-forwarded-proto': 'https' }, '127.0.0.1', 'http'],
  ['the address that our farthest proxy saw, not what the visitor wrote before it', ['127.0.0.1', '10.0.0.0/8'], { 'x-forwarded-for': '6.6.6.6, 203.0.113.7, 10.1.2.3' }, '203.0.113.7', 'http'],
  ['all lines of it', ['127.0.0.1', '10.0.0.0/8'], { 'x-forwarded-for': ['203.0.113.7', '10.1.2.3'] }, '203.0.113.7', 'http'],
  ['an IPv6 address', ['127.0.0.1', '2001:db8::/32'], { 'x-forwarded-for': '2a00::1, 2001:db8::5' }, '2a00::1', 'http'],
  ['no word that is no address, and no scheme that is none', ['127.0.0.1'], { 'x-forwarded-for': 'unknown', 'x-forwarded-proto': 'javascript' }, '127.0.0.1', 'http'],
  ['never the host: that is the app', ['127.0.0.1'], { 'x-forwarded-host': 'evil.example' }, '127.0.0.1', 'http'],
])('an app is told %s', async (_what, proxies, headers, address, scheme) => {
  expect(await told(proxies, headers)).toEqual([address, scheme, 'alpha.localhost']);
});
