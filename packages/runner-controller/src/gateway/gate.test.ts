import type { Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import type { Gate } from './gate.ts';
import { type House, openHouse, routeTo, until } from './test-parts/house.ts';
import { ask, openRawClient } from './test-parts/raw-client.ts';

let house: House;
afterEach(() => house.close());

const host = 'Host: alpha.localhost\r\n';
const refusal = { status: 401, code: 'not_admitted', title: 'Sign in', detail: 'This app is for its users.' };
/** Lets in who says the word. */
const byWord: Gate = (head) => (/^word: please$/im.test(head.lines) ? { isAdmitted: true, fields: { 'x-fapi-user': 'ada' } } : { isAdmitted: false, answer: refusal });

/** An app that notes each head that reaches it. */
async function openGated(gate: Gate, phase = 'running'): Promise<{ heads: string[]; connections: () => number }> {
  house = await openHouse({ gate });
  const heads: string[] = [];
  let connections = 0;
  const socket = await house.rawApp('a', (connection: Socket) => {
    connections++;
    connection.on('data', (bytes) => {
      heads.push(bytes.toString('latin1'));
      connection.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nin');
    });
  });
  await house.agent.publish([routeTo(socket, { phase })]);
  return { heads, connections: () => connections };
}

test('who is refused gets the answer of the gate, and nothing of the request reaches the app', async () => {
  const app = await openGated(byWord);
  expect(await ask(house.port, `GET /private HTTP/1.1\r\n${host}Connection: close\r\n\r\n`)).toMatch(/^HTTP\/1\.1 401 [^]*not_admitted/);
  expect(await ask(house.port, `POST / HTTP/1.1\r\n${host}Connection: close\r\nContent-Length: 5\r\n\r\nhello`)).toMatch(/^HTTP\/1\.1 401 /);
  expect(app.connections()).toBe(0);
});

test('every message is asked about: the second of two in one packet, and an upgrade', async () => {
  const app = await openGated(byWord);
  const client = openRawClient(house.port);
  client.send(`GET /1 HTTP/1.1\r\n${host}Word: please\r\n\r\nGET /2 HTTP/1.1\r\n${host}\r\nGET /3 HTTP/1.1\r\n${host}Word: please\r\n\r\n`);
  await client.until(/200 OK[^]*401 [^]*200 OK[^]*in$/);
  client.close();
  expect(app.heads.map((head) => head.split(' ')[1])).toEqual(['/1', '/3']);
  for (const path of ['/ws', '/.fapi/identity']) {
    const socket = openRawClient(house.port);
    socket.send(`GET ${path} HTTP/1.1\r\n${host}Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`);
    expect(await socket.until('not_admitted')).toMatch(/^HTTP\/1\.1 401 /);
    socket.close();
  }
  expect(app.heads).toHaveLength(2);
});

test('the app learns from the gate alone who asks', async () => {
  const app = await openGated(byWord);
  await ask(house.port, `GET / HTTP/1.1\r\n${host}X-Fapi-User: root\r\nWord: please\r\nConnection: close\r\n\r\n`);
  expect(app.heads[0]!.match(/^x-fapi-.*$/gim)).toEqual(['x-fapi-user: ada']);
});

test('the reserved path is for everybody, and no other path that looks like it', async () => {
  const app = await openGated(byWord);
  for (const path of ['/.fapi/identity', '/.fapi/identity?nonce=0123456789abcdef']) expect(await ask(house.port, `GET ${path} HTTP/1.1\r\n${host}Connection: close\r\n\r\n`)).toMatch(/^HTTP\/1\.1 200 /);
  for (const path of ['/.fapi/identity/', '/.fapi/identityx', '/.fapi/%69dentity', '/x?/.fapi/identity', '//.fapi/identity']) {
    expect(await ask(house.port, `GET ${path} HTTP/1.1\r\n${host}Connection: close\r\n\r\n`), path).toMatch(/^HTTP\/1\.1 401 /);
  }
  expect(app.heads).toHaveLength(2);
});

test('who is refused does not wake the app, and does not wait for it', async () => {
  const app = await openGated(byWord, 'gone');
  expect(await ask(house.port, `GET / HTTP/1.1\r\n${host}Connection: close\r\n\r\n`)).toMatch(/^HTTP\/1\.1 401 /);
  expect(app.connections()).toBe(0);
  const admitted = openRawClient(house.port);
  admitted.send(`GET / HTTP/1.1\r\n${host}Word: please\r\n\r\n`);
  await until(() => app.connections() === 1);
  admitted.close();
});

test.each<[string, Gate]>([
  ['throws', () => { throw new Error('no keys'); }],
  ['adds a field that could come from outside', () => ({ isAdmitted: true, fields: { 'x-user': 'ada' } })],
  ['adds a line break', () => ({ isAdmitted: true, fields: { 'x-fapi-user': 'ada\r\nx-fapi-role: admin' } })],
])('a gate that %s lets nobody in', async (_title, gate) => {
  const app = await openGated(gate);
  expect(await ask(house.port, `GET / HTTP/1.1\r\n${host}Connection: close\r\n\r\n`)).toMatch(/^HTTP\/1\.1 503 [^]*retry-after: 5[^]*gate_failed/);
  expect(app.connections()).toBe(0);
});
