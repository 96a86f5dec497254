import { expect, it } from 'vitest';
import { freePort } from '../../../tools/parts/port.ts';
import { type Health, serveHealth } from './health.ts';

it('is live while it answers, and ready when it acts or stands by and nothing is in its way', async () => {
  const port = await freePort();
  let health: Health = { role: 'starting' };
  const server = await serveHealth(port, () => health);
  const ask = async (path: string, method = 'GET') => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, { method });
    return [answer.status, await answer.json()];
  };
  expect(await ask('/readyz')).toEqual([503, { status: 'not_ready', role: 'starting' }]);
  for (const role of ['standby', 'active'] as const) {
    health = { role };
    expect(await ask('/readyz?verbose')).toEqual([200, { status: 'ready', role }]);
    health = { role, problem: 'the bus is away' };
    expect(await ask('/readyz')).toEqual([503, { status: 'not_ready', role, problem: 'the bus is away' }]);
  }
  health = { role: 'stopping' };
  expect([await ask('/readyz'), await ask('/livez'), await ask('/'), await ask('/livez', 'POST'), await ask('//')]).toEqual([[503, { status: 'not_ready', role: 'stopping' }], [200, { status: 'live' }], [404, {}], [405, {}], [404, {}]]);
  await server.close();
  await expect(ask('/livez')).rejects.toThrow();
});
