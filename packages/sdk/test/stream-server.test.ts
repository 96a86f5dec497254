import { describe, expect, it, onTestFinished } from 'vitest';
import { freePort } from '../../../tools/parts/port.ts';
import { startSystem, type System, until } from '../../server/test/parts/system.ts';
import { startGate } from './gate.ts';
import { client } from './on-stage.ts';

const say = (system: System, appId: string, seq: number): void =>
  system.bus.streams.publish({ kind: 'log', value: { schema: 1, appId, lines: [{ seq, at: new Date(0).toISOString(), stream: 'stdout', generation: 1, text: `line ${seq}` }], dropped: 0 } });

async function start(environment: Record<string, string> = {}): Promise<System> {
  const system = await startSystem(environment);
  onTestFinished(() => system.stop());
  return system;
}

describe('a stream of the real server', { timeout: 60_000 }, () => {
  it('goes on with a new token when its own is about to end: every line once, in order, and no word of a break', async () => {
    const system = await start();
    const gate = await startGate(system.server.url);
    const app = await client({ baseUrl: system.server.url, apiKey: system.server.operatorKey }).apps.create({ title: 'App' });
    const reasons: string[] = [];
    const page = client({ baseUrl: gate.url, fetchToken: async ({ reason }) => ({ token: (reasons.push(reason), await system.mint({ apps: [app.id], scopes: ['logs:read'], ttlSeconds: 600 })), expiresInSeconds: 600 }) });
    const [seen, states, leave]: [number[], string[], AbortController] = [[], [], new AbortController()];
    let renewals = 0;
    const work = (async () => {
      for await (const event of page.events.stream({ apps: [app.id], topics: ['logs'], since: '0', signal: leave.signal, onConnection: (state) => states.push(state) })) {
        if (event.type === 'ready') renewals += 1;
        if (event.type === 'log') seen.push(...event.lines.map(({ seq }) => seq));
      }
    })().catch((error: Error) => error.name);
    let seq = 0;
    for (let round = 1; round <= 3; round++) {
      await until(() => renewals, (count) => count === round);
      for (let line = 0; line < 5; line++) say(system, app.id, (seq += 1));
      // To within the last ten seconds of the token, while lines are on their way.
      system.advance(592_000);
      for (let line = 0; line < 5; line++) say(system, app.id, (seq += 1));
    }
    await until(() => seen.length, (length) => length === seq);
    await until(() => gate.streams, (open) => open === 1);
    leave.abort();
    expect([await work, seen, states]).toEqual(['AbortError', Array.from({ length: seq }, (_, index) => index + 1), ['live']]);
    expect(reasons.length).toBeGreaterThanOrEqual(3);
  });

  it('outlives a restart of the server and loses nothing of what was said meanwhile', async () => {
    const system = await start({ FAPI_PORT: String(await freePort()) });
    const fapi = client({ baseUrl: system.server.url, apiKey: system.server.operatorKey });
    const app = await fapi.apps.create({ title: 'App' });
    const [seen, leave]: [string[], AbortController] = [[], new AbortController()];
    const work = (async () => {
      for await (const event of fapi.events.stream({ apps: [app.id], signal: leave.signal })) {
        if (event.type === 'app') seen.push(event.app.title);
        else if (event.type === 'ready' || event.type === 'reset') seen.push(event.type);
      }
    })().catch((error: Error) => error.name);
    await until(() => seen.length, (length) => length > 0);
    for (const title of ['one', 'two', 'three']) {
      await fapi.apps.patch(app.id, { title });
      if (title !== 'three') await system.restart();
    }
    await until(() => seen.at(-1), (last) => last === 'three', 20_000);
    leave.abort();
    expect([await work, seen.filter((word) => word !== 'ready' && word !== 'reset')]).toEqual(['AbortError', ['one', 'two', 'three']]);
  });
});
