import { afterAll, beforeAll, expect, test } from 'vitest';
import { type House, openHouse, routeTo, until } from './test-parts/house.ts';
import { ask, openRawClient } from './test-parts/raw-client.ts';

let house: House;
/** Exactly what the app's socket was sent. */
let received = '';
const secret = 'GET /smuggled HTTP/1.1\r\nHost: alpha.localhost\r\n\r\n';

beforeAll(async () => {
  house = await openHouse();
  const socket = await house.rawApp('a', (connection) => connection.on('data', (bytes) => {
    received += bytes.toString('latin1');
    if (/\r\n\r\n/.test(received) && (!/content-length: [1-9]/.test(received) || /\r\n\r\n[^]{5}/.test(received)) && (!received.includes('chunked') || received.endsWith('0\r\n\r\n'))) connection.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok');
  }));
  await house.agent.publish([routeTo(socket)]);
});
afterAll(() => house.close());

const host = 'Host: alpha.localhost\r\n';
const refused: [name: string, message: string, status?: number][] = [
  ['Content-Length with Transfer-Encoding', `POST / HTTP/1.1\r\n${host}Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nG${secret}`],
  ['Transfer-Encoding with Content-Length', `POST / HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n0\r\n\r\n${secret}`],
  ['two differing Content-Lengths', `POST / HTTP/1.1\r\n${host}Content-Length: 5\r\nContent-Length: 0\r\n\r\nhello`],
  ['two equal Content-Lengths', `POST / HTTP/1.1\r\n${host}Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello`],
  ['a list as Content-Length', `POST / HTTP/1.1\r\n${host}Content-Length: 5, 5\r\n\r\nhello`],
  ['a signed Content-Length', `POST / HTTP/1.1\r\n${host}Content-Length: +5\r\n\r\nhello`],
  ['a negative Content-Length', `POST / HTTP/1.1\r\n${host}Content-Length: -1\r\n\r\n`],
  ['a hexadecimal Content-Length', `POST / HTTP/1.1\r\n${host}Content-Length: 0x5\r\n\r\nhello`],
  ['an empty Content-Length', `POST / HTTP/1.1\r\n${host}Content-Length:\r\n\r\n`],
  ['a huge Content-Length', `POST / HTTP/1.1\r\n${host}Content-Length: 99999999999999999999\r\n\r\n`],
  ['Transfer-Encoding: identity', `POST / HTTP/1.1\r\n${host}Transfer-Encoding: identity\r\n\r\n`],
  ['Transfer-Encoding: gzip, chunked', `POST / HTTP/1.1\r\n${host}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`],
  ['Transfer-Encoding: chunked, identity', `POST / HTTP/1.1\r\n${host}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n`],
  ['Transfer-Encoding twice', `POST / HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n\r\n0\r\n\r\n`],
  ['Transfer-Encoding: xchunked', `POST / HTTP/1.1\r\n${host}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`],
  ['a vertical tab before chunked', `POST / HTTP/1.1\r\n${host}Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n`],
  ['a no-break space before chunked', `POST / HTTP/1.1\r\n${host}Transfer-Encoding: \xa0chunked\r\n\r\n0\r\n\r\n`],
  ['a blank before the colon', `POST / HTTP/1.1\r\n${host}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n`],
  ['a look-alike with underscore', `POST / HTTP/1.1\r\n${host}Transfer_Encoding: chunked\r\n\r\n`],
  ['a folded line', `POST / HTTP/1.1\r\n${host}X-A: b\r\n c\r\n\r\n`],
  ['a folded Transfer-Encoding', `POST / HTTP/1.1\r\n${host}Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n`],
  ['a first field line that begins with a blank', `GET / HTTP/1.1\r\n ${host}\r\n`],
  ['bare LF line ends', 'GET / HTTP/1.1\nHost: alpha.localhost\n\n'],
  ['a bare LF among proper line ends', `GET / HTTP/1.1\r\n${host}X-A: b\nX-B: c\r\n\r\n`],
  ['a bare CR in a value', `GET / HTTP/1.1\r\n${host}X-A: b\rX-B: c\r\n\r\n`],
  ['a bare CR instead of the empty line', `GET / HTTP/1.1\r\n${host}\rX\r\n\r\n`],
  ['NUL in a value', `GET / HTTP/1.1\r\n${host}X-A: b\0c\r\n\r\n`],
  ['NUL in a name', `GET / HTTP/1.1\r\n${host}X\0A: b\r\n\r\n`],
  ['an empty name', `GET / HTTP/1.1\r\n${host}: b\r\n\r\n`],
  ['a line without a colon', `GET / HTTP/1.1\r\n${host}Nothing\r\n\r\n`],
  ['HTTP/1.0', `GET / HTTP/1.0\r\n${host}\r\n`],
  ['HTTP/2.0', `GET / HTTP/2.0\r\n${host}\r\n`],
  ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ['no version', `GET /\r\n${host}\r\n`],
  ['two blanks in the request line', `GET  / HTTP/1.1\r\n${host}\r\n`],
  ['a tab in the request line', `GET\t/ HTTP/1.1\r\n${host}\r\n`],
  ['a blank in the target', `GET /a b HTTP/1.1\r\n${host}\r\n`],
  ['a fragment in the target', `GET /a#b HTTP/1.1\r\n${host}\r\n`],
  ['a target without a slash', `GET a HTTP/1.1\r\n${host}\r\n`],
  ['user information in the target', `GET http://x@alpha.localhost/ HTTP/1.1\r\n${host}\r\n`],
  ['another scheme', `GET file://alpha.localhost/ HTTP/1.1\r\n${host}\r\n`],
  ['CONNECT', `CONNECT alpha.localhost:80 HTTP/1.1\r\n${host}\r\n`],
  ['no Host', 'GET / HTTP/1.1\r\nX-A: b\r\n\r\n'],
  ['two Hosts', `GET / HTTP/1.1\r\n${host}Host: beta.localhost\r\n\r\n`],
  ['two Hosts that are equal', `GET / HTTP/1.1\r\n${host}${host}\r\n`],
  ['a list of Hosts', 'GET / HTTP/1.1\r\nHost: alpha.localhost, beta.localhost\r\n\r\n'],
  ['a Host with a path', 'GET / HTTP/1.1\r\nHost: alpha.localhost/x\r\n\r\n'],
  ['a Host with user information', 'GET / HTTP/1.1\r\nHost: a@alpha.localhost\r\n\r\n'],
  ['an empty Host', 'GET / HTTP/1.1\r\nHost:\r\n\r\n'],
  ['a chunk size that is no number', `POST / HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\n\r\nx\r\n`],
  ['a chunk size with a prefix', `POST / HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n0\r\n\r\n`],
  ['a huge chunk size', `POST / HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n`],
  ['a chunk extension', `POST / HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n0\r\n\r\n`],
  ['a chunk size that ends with a bare LF', `POST / HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\n\r\n5\nhello\r\n0\r\n\r\n`],
  ['a chunk longer than its size', `POST / HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\n\r\n3\r\nhello\r\n0\r\n\r\n`],
  ['a chunk size with a blank', `POST / HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\n\r\n5 \r\nhello\r\n0\r\n\r\n`],
  ['trailers', `POST / HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\n\r\n0\r\nX-Fapi-User: root\r\n\r\n`],
  ['an unknown expectation', `POST / HTTP/1.1\r\n${host}Expect: magic\r\n\r\n`, 417],
  ['129 fields', `GET / HTTP/1.1\r\n${host}${'X-A: b\r\n'.repeat(128)}\r\n`, 431],
  ['a head of more than 64 KB', `GET / HTTP/1.1\r\n${host}X-A: ${'b'.repeat(65_536)}\r\n\r\n`, 431],
  ['a head without an end', `GET / HTTP/1.1\r\n${host}X-A: ${'b'.repeat(70_000)}`, 431],
];

test.each(refused)('%s is refused, the connection closed and nothing behind it read', async (_, message, status = 400) => {
  received = '';
  const text = await ask(house.port, message + secret);
  expect(text).toMatch(new RegExp(`^HTTP/1\\.1 ${status} [^]*connection: close`));
  expect(text.match(/HTTP\/1\.1 \d/g)).toHaveLength(1);
  expect(text).not.toContain('\r\n\r\nok');
  expect(received).not.toContain('smuggled');
});

const added = 'x-forwarded-for: 127.0.0.1\r\nx-real-ip: 127.0.0.1\r\nx-forwarded-proto: http\r\nx-forwarded-host: alpha.localhost\r\nx-request-id: 1\r\n\r\n';
const id = 'X-Request-Id: 1\r\n';
const forwarded: [name: string, message: string, asReceived: string][] = [
  ['an empty line before the request', `\r\nGET / HTTP/1.1\r\n${host}${id}\r\n`, `GET / HTTP/1.1\r\nhost: alpha.localhost\r\n${added}`],
  ['blanks around a Content-Length', `POST / HTTP/1.1\r\n${host}${id}Content-Length: \t5 \r\n\r\nhello`, `POST / HTTP/1.1\r\nhost: alpha.localhost\r\ncontent-length: 5\r\n${added}hello`],
  ['Transfer-Encoding: Chunked', `POST / HTTP/1.1\r\n${host}${id}TRANSFER-ENCODING: Chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`, `POST / HTTP/1.1\r\nhost: alpha.localhost\r\ntransfer-encoding: chunked\r\n${added}5\r\nhello\r\n0\r\n\r\n`],
  ['a body that looks like a request', `POST / HTTP/1.1\r\n${host}${id}Content-Length: ${secret.length}\r\n\r\n${secret}`, `POST / HTTP/1.1\r\nhost: alpha.localhost\r\ncontent-length: ${secret.length}\r\n${added}${secret}`],
  ['a nominated Content-Length', `POST / HTTP/1.1\r\n${host}${id}Connection: content-length, host\r\nContent-Length: 5\r\n\r\nhello`, `POST / HTTP/1.1\r\nhost: alpha.localhost\r\ncontent-length: 5\r\n${added}hello`],
  ['a nominated field', `GET / HTTP/1.1\r\n${host}${id}X-B: kept\r\nX-A: dropped\r\nConnection: X-A\r\nX-C: kept\r\n\r\n`, `GET / HTTP/1.1\r\nhost: alpha.localhost\r\nX-B: kept\r\nX-C: kept\r\n${added}`],
  ['an upgrade to h2c', `GET / HTTP/1.1\r\n${host}${id}Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA\r\n\r\n`, `GET / HTTP/1.1\r\nhost: alpha.localhost\r\n${added}`],
  ['an upgrade that Connection does not name', `GET / HTTP/1.1\r\n${host}${id}Upgrade: websocket\r\n\r\n`, `GET / HTTP/1.1\r\nhost: alpha.localhost\r\n${added}`],
  ['an upgrade with a body', `POST / HTTP/1.1\r\n${host}${id}Connection: upgrade\r\nUpgrade: websocket\r\nContent-Length: 5\r\n\r\nhello`, `POST / HTTP/1.1\r\nhost: alpha.localhost\r\ncontent-length: 5\r\n${added}hello`],
  ['OPTIONS *', `OPTIONS * HTTP/1.1\r\n${host}${id}\r\n`, `OPTIONS * HTTP/1.1\r\nhost: alpha.localhost\r\n${added}`],
];

test.each(forwarded)('%s is forwarded as exactly one request', async (_, message, asReceived) => {
  received = '';
  const client = openRawClient(house.port);
  client.send(message);
  await client.until('\r\n\r\nok');
  expect(received).toBe(asReceived);
  client.close();
});

const answers: [name: string, answer: string][] = [
  ['Content-Length with Transfer-Encoding', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
  ['two Content-Lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello'],
  ['a folded line', 'HTTP/1.1 200 OK\r\nX-A: b\r\n c\r\n\r\n'],
  ['a bare LF', 'HTTP/1.1 200 OK\r\nX-A: b\nSet-Cookie: c\r\n\r\n'],
  ['something that is not HTTP', 'SSH-2.0-OpenSSH\r\n\r\n'],
  ['a switch of protocols that nobody asked for', 'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n'],
];

test.each(answers)('an answer with %s becomes a 502 without a word of it', async (_, answer) => {
  const socket = await house.rawApp(`raw-${Math.random().toString(36).slice(2)}`, (connection) => connection.once('data', () => connection.write(answer)));
  await house.agent.publish([routeTo(socket, { generation: house.agent.applied.length + 10 })]);
  expect(await ask(house.port, `GET / HTTP/1.1\r\n${host}Connection: close\r\n\r\n`)).toMatch(/^HTTP\/1\.1 502 [^]*app_answer_invalid/);
});

test('an answer with more bytes than it declares ends there, and the connection to the app with it', async () => {
  let connections = 0;
  const socket = await house.rawApp('raw-more', (connection) => {
    connections++;
    connection.on('data', () => connection.write(`HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison`));
  });
  await house.agent.publish([routeTo(socket, { generation: house.agent.applied.length + 10 })]);
  const client = openRawClient(house.port);
  for (let index = 1; index <= 3; index++) {
    client.send(`GET / HTTP/1.1\r\n${host}\r\n`);
    await client.until(new RegExp(`(\\r\\n\\r\\nok[^]*){${index}}`));
  }
  expect(client.text()).not.toContain('poison');
  await until(() => connections === 3);
  client.close();
});
