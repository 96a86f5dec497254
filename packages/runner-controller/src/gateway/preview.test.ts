import type { Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { type House, openHouse, routeTo } from './test-parts/house.ts';
import { ask } from './test-parts/raw-client.ts';

let house: House;
afterEach(() => house.close());

/** An app that notes each head that reaches it. */
async function openApp(options: Parameters<typeof openHouse>[0] = {}): Promise<string[]> {
  house = await openHouse(options);
  const heads: string[] = [];
  const socket = await house.rawApp('a', (connection: Socket) => {
    connection.on('data', (bytes) => {
      heads.push(bytes.toString('latin1'));
      connection.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nin');
    });
  });
  await house.agent.publish([routeTo(socket)]);
  return heads;
}
const get = (host: string, fields = ''): Promise<string> => ask(house.port, `GET /items HTTP/1.1\r\nHost: ${host}\r\n${fields}Connection: close\r\n\r\n`);

test('the preview host of an app leads to the same app, which is told by the last line of the head', async () => {
  const heads = await openApp();
  expect(await get('Alpha--Preview.localhost:8788')).toMatch(/^HTTP\/1\.1 200 /);
  expect(heads[0]).toMatch(/^GET \/items HTTP\/1\.1\r\nhost: Alpha--Preview\.localhost:8788\r\n[^]*\r\nx-fapi-preview: \*\r\n\r\n$/);
});

test('who may frame it is what the operator lists, and comes after what a gate adds', async () => {
  const heads = await openApp({ previewOrigins: ['https://portal.example', 'https://other.example'], gate: () => ({ isAdmitted: true, fields: { 'x-fapi-user': 'ada' } }) });
  await get('alpha--preview.localhost');
  expect(heads[0]).toMatch(/x-fapi-user: ada\r\nx-fapi-preview: https:\/\/portal\.example https:\/\/other\.example\r\n\r\n$/);
});

test('on its own host an app is told nothing, whatever the client sends', async () => {
  const heads = await openApp();
  await get('alpha.localhost', 'X-Fapi-Preview: *\r\nx_fapi_preview: *\r\n');
  expect(heads[0]).not.toMatch(/preview/i);
});

test('the preview of what is no app is as little there, and a gate refuses it as it does the app', async () => {
  await openApp({ gate: () => ({ isAdmitted: false, answer: { status: 401, code: 'not_admitted', title: 'Sign in', detail: 'This app is for its users.' } }) });
  for (const host of ['beta--preview.localhost', '--preview.localhost', 'alpha--preview--preview.localhost', 'alpha-preview.localhost']) expect(await get(host)).toMatch(/^HTTP\/1\.1 404 [^]*app_not_found/);
  expect(await get('alpha--preview.localhost')).toMatch(/^HTTP\/1\.1 401 /);
});
