import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import Koa from 'koa';
import { pino } from 'pino';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createClient } from '@fapi/sdk';
import { writeProblems } from './problems/problem.ts';
import { isTooOld, negotiateVersion } from './version.ts';

describe('the versions that a server serves', () => {
  it.each<[client: string, server: string, isRefused: boolean]>([
    ['0.3.0', '0.3.9', false], ['0.2.0', '0.3.0', false], ['0.1.9', '0.3.0', true], ['0.4.0', '0.3.0', false], ['1.0.0', '0.3.0', false],
    ['0.9.0', '1.0.0', false], ['0.9.0', '2.0.0', true], ['1.0.0', '2.5.0', false], ['1.9.0', '3.0.0', true],
  ])('%s at %s: refused %s', (client, server, isRefused) => {
    expect(isTooOld(client, server)).toBe(isRefused);
  });

  it('are checked before anything is done: an SDK that is too old gets 426, with the version that it met', async () => {
    const app = new Koa().use(writeProblems(pino({ level: 'silent' }))).use(negotiateVersion('7.1.0')).use((ctx) => void (ctx.body = 'done'));
    app.silent = true;
    const server = createServer(app.callback());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    }));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const fapi = createClient({ baseUrl: url });
    await expect(fapi.apps.delete('app_1')).rejects.toMatchObject({ code: 'client_too_old', status: 426, detail: expect.stringContaining('this server is 7.1.0') });
    expect(fapi.serverVersion).toBe('7.1.0');
    const plain = await fetch(`${url}/v1/apps`);
    expect([plain.status, plain.headers.get('fapi-version'), await plain.text()]).toEqual([200, '7.1.0', 'done']);
    expect((await fetch(`${url}/embed/fapi.js`, { headers: { 'fapi-client': 'sdk/0.1.0' } })).status).toBe(200);
  });
});
