import { connect, type Socket } from 'node:net';
import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createMemoryBus } from '@fapi/runner-controller/work';
import { type LanguageSeat, ready, refuse, takeLanguageSeat, visit, type Visit } from './parts/language-socket.ts';
import { startSystem, type System, until } from './parts/system.ts';

let system: System;
let seat: LanguageSeat;
let appId: string;
beforeAll(async () => {
  system = await startSystem();
});
afterAll(() => system?.stop());
beforeEach(async () => {
  seat = takeLanguageSeat(system.bus);
  appId = (await system.call('/v1/apps', { method: 'POST', body: { title: 'App', files: [{ path: 'main.py', content: 'x = 1\n' }] } })).json.id;
});
afterEach(() => seat.leave());

const enter = async (token = system.server.operatorKey): Promise<Visit> => {
  const socket = visit(system, appId);
  expect(await socket.enter(token)).toBe(ready);
  return socket;
};
const message = (id: number, more = {}): object => ({ jsonrpc: '2.0', id, method: 'x', ...more });
/** Only bytes, of whoever speaks the protocol itself. */
async function shakeHands(): Promise<Socket> {
  const { port } = new URL(system.server.url);
  const line = connect(Number(port), '127.0.0.1');
  line.write(`GET /v1/apps/${appId}/language HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\n\r\n`);
  await new Promise<void>((resolve, reject) => line.once('data', () => resolve()).once('error', reject));
  return line;
}

describe('a language session', () => {
  it('opens on the draft as it was saved last, and carries messages both ways, in order and untouched', async () => {
    await system.call(`/v1/apps/${appId}/draft`, { method: 'PUT', body: { files: [{ path: 'main.py', content: 'x = 2\n' }] }, headers: { 'if-match': '"1"' } });
    const [{ digest }] = (await system.call(`/v1/apps/${appId}/draft/versions`)).json.items;
    const socket = await enter();
    expect(seat.openings).toEqual([{ sessionId: expect.any(String), appId, draft: { digest, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) } }]);
    const bundle = await system.call(`/internal/v1/bundles/${seat.openings[0]!.draft.sha256}`, { token: system.server.controllerKey });
    expect([bundle.status, bundle.text.includes('x = 2')]).toEqual([200, true]);
    const sent = Array.from({ length: 50 }, (_, id) => JSON.stringify(message(id, { text: '"ä\n\u2028' })));
    for (const text of sent) socket.say(text);
    await until(() => socket.texts.length, (count) => count === 51);
    expect(socket.texts.slice(1).map((text) => JSON.parse(text).echo)).toEqual(sent);
    socket.web.close();
    expect(await seat.sessions[0]!.ended).toEqual({ reason: 'closed', message: 'the page has left' });
  });

  it('keeps two sockets apart', async () => {
    const sockets = [await enter(), await enter()];
    for (const [at, socket] of sockets.entries()) socket.say(message(at));
    await until(() => sockets.map(({ texts }) => texts.length), (counts) => counts.every((count) => count === 2));
    expect(sockets.map(({ texts }) => JSON.parse(JSON.parse(texts[1]!).echo).id)).toEqual([0, 1]);
  });

  it.each([
    ['workbench_busy', 4503, 'workbench_busy'], ['runner_unavailable', 4503, 'runner_unavailable'], ['language_unavailable', 4503, 'language_unavailable'], ['session_gap', 4409, 'session_gap'], ['rate_limited', 4429, 'rate_limited'], ['what the server does not know', 4503, 'language_unavailable'],
  ])('ends with the code of a controller that says %s, before and after it has begun', async (code, close, reason) => {
    seat.play = refuse(code);
    const socket = visit(system, appId);
    expect(await socket.enter(system.server.operatorKey)).toBe(`${close} ${reason}`);
    expect((await socket.ended).last).toEqual({ fapi: 'end', code: reason, message: `said by the controller: ${code}` });
    seat.play = async (session) => {
      session.send('{"jsonrpc":"2.0"}');
      await refuse(code)();
    };
    const late = visit(system, appId);
    await late.enter(system.server.operatorKey);
    expect(await late.ended).toMatchObject({ code: close, reason });
  });

  it('ends with 4503 runner_unavailable when nobody serves', async () => {
    await seat.leave();
    expect(await visit(system, appId).enter(system.server.operatorKey)).toBe('4503 runner_unavailable');
  });

  it('ends with 4503 when the controller stops or closes it, after what was said before', async () => {
    const socket = await enter();
    seat.sessions[0]!.send('{"jsonrpc":"2.0","last":true}');
    await seat.leave();
    expect(await socket.ended).toMatchObject({ code: 4503, reason: 'language_unavailable' });
    expect(socket.texts).toContain('{"jsonrpc":"2.0","last":true}');
  });

  it('ends with 4409 session_gap when the controller does not read any more', async () => {
    seat.play = async (session) => {
      session.send('{"jsonrpc":"2.0"}');
      await session.ended;
    };
    const socket = await enter();
    for (let id = 0; id < 2_000; id++) socket.say(message(id));
    expect(await socket.ended).toMatchObject({ code: 4409, reason: 'session_gap', last: { fapi: 'end', code: 'session_gap' } });
  });
});

describe('whose token ends', () => {
  it('is ended with 4401 token_expired in its middle, unless another one came in time', async () => {
    const mint = (): Promise<string> => system.mint({ role: 'editor', ttlSeconds: 60 });
    const [left, stayed] = [await enter(await mint()), await enter(await mint())];
    system.advance(50_000);
    stayed.say({ fapi: 'authenticate', token: await mint() });
    stayed.say(message(1));
    await until(() => stayed.texts.length, (count) => count === 2);
    system.advance(11_000);
    expect(await left.ended).toMatchObject({ code: 4401, reason: 'token_expired' });
    stayed.say(message(2));
    await until(() => stayed.texts.length, (count) => count === 3);
    system.advance(60_000);
    expect(await stayed.ended).toMatchObject({ code: 4401, reason: 'token_expired' });
  });

  it('is ended with 4401 at once when it is revoked, and not by the end of a token that was replaced', async () => {
    const mint = async (): Promise<{ token: string; sessionId: string }> => (await system.call('/v1/embed-tokens', { method: 'POST', body: { subject: 'builder', role: 'editor' } })).json;
    const [first, second] = [await mint(), await mint()];
    const socket = await enter(first.token);
    socket.say({ fapi: 'authenticate', token: second.token });
    await until(async () => {
      socket.say(message(1));
      return socket.texts.length > 3;
    }, Boolean);
    await system.call(`/v1/embed-tokens/${first.sessionId}`, { method: 'DELETE' });
    const other = await enter(second.token);
    const count = socket.texts.length;
    socket.say(message(2));
    await until(() => socket.texts.length, (now) => now > count);
    await system.call(`/v1/embed-tokens/${second.sessionId}`, { method: 'DELETE' });
    for (const each of [socket, other]) expect(await each.ended).toMatchObject({ code: 4401, reason: 'unauthorized', last: { message: 'the token was revoked' } });
    await seat.sessions[0]!.ended;
  });

  it.each([
    ['that nobody minted', async () => `fet_${'A'.repeat(43)}`, '4401 unauthorized'], ['of somebody else', () => system.mint({ role: 'editor', subject: 'another' }), '4401 unauthorized'],
    ['of a role below', () => system.mint({ role: 'viewer' }), '4403 forbidden'], ['that does not see the app', () => system.mint({ role: 'editor', apps: [] }), '4404 app_not_found'],
  ])('is ended by another token %s', async (_, token, end) => {
    const socket = await enter(await system.mint({ role: 'editor' }));
    socket.say({ fapi: 'authenticate', token: await token() });
    const { code, reason } = await socket.ended;
    expect(`${code} ${reason}`).toBe(end);
  });

  it('is ended with 4404 when the app is gone, and with 4403 when its role is', async () => {
    const [socket, user] = [await enter(await system.mint({ role: 'editor' })), await enter(await system.mint({ role: 'admin', subject: 'user' }))];
    await system.call(`/v1/apps/${appId}/access`, { method: 'PUT', body: { grants: [{ subject: 'user', role: 'viewer' }] } });
    expect(await user.ended).toMatchObject({ code: 4403, reason: 'forbidden' });
    await system.call(`/v1/apps/${appId}`, { method: 'DELETE' });
    expect(await socket.ended).toMatchObject({ code: 4404, reason: 'app_not_found' });
  }, 30_000);
});

describe('an attack', () => {
  it('that says nothing is ended after five seconds', async () => {
    const socket = visit(system, appId);
    expect(await socket.ended).toMatchObject({ code: 4401, reason: 'unauthorized', last: { message: 'the first frame did not come within 5 s' } });
  }, 15_000);

  it.each([
    ['a message', JSON.stringify(message(1)), 4401], ['no JSON', 'hello', 4400], ['a list', '[]', 4400], ['a number', '1', 4400], ['no token', '{"fapi":"authenticate"}', 4400], ['another word', '{"fapi":"ready","root":"file:///"}', 4400],
    ['a token that is no text', '{"fapi":"authenticate","token":1}', 4400], ['4 KB and a little', JSON.stringify({ fapi: 'authenticate', token: 'x'.repeat(4_096) }), 4413],
  ])('that begins with %s is ended', async (_, first, code) => {
    const socket = visit(system, appId);
    socket.web.once('open', () => socket.say(first));
    expect((await socket.ended).code).toBe(code);
    expect(seat.openings).toEqual([]);
  });

  it('that begins with a frame of a megabyte in small pieces is ended long before its end', async () => {
    const line = await shakeHands();
    const head = Buffer.from([0x81, 0xff, 0, 0, 0, 0, 0, 0x0f, 0xff, 0xff, 1, 2, 3, 4]);
    const ended = new Promise<void>((resolve) => line.once('close', () => resolve()));
    let answer = Buffer.alloc(0);
    line.on('data', (data: Buffer) => (answer = Buffer.concat([answer, data])));
    line.write(head);
    let sent = 0;
    const dripping = setInterval(() => sent < 1_000_000 && line.write(Buffer.alloc(1_024), () => (sent += 1_024)), 5);
    await ended;
    clearInterval(dripping);
    expect(answer.toString('latin1')).toContain('body_too_large');
    expect(sent).toBeLessThan(500_000);
  });

  it('that goes on before it is let in is ended', async () => {
    const socket = visit(system, appId);
    socket.web.once('open', () => {
      socket.say({ fapi: 'authenticate', token: system.server.operatorKey });
      socket.say(message(1));
    });
    expect(await socket.ended).toMatchObject({ code: 4400, reason: 'invalid_request' });
  });

  it.each([
    ['binary frames', (socket: Visit) => socket.web.send(Buffer.from('{}')), 4400, 'invalid_request'],
    ['no JSON', (socket: Visit) => socket.say('{'), 4400, 'invalid_json'],
    ['what is no object', (socket: Visit) => socket.say('[]'), 4400, 'invalid_request'],
    ['a frame of two MiB', (socket: Visit) => socket.say(message(1, { text: 'x'.repeat(2 * 1024 * 1024) })), 4413, 'body_too_large'],
    ['a frame that is a little too large', (socket: Visit) => socket.say(message(1, { text: 'x'.repeat(1_000_000) })), 4413, 'body_too_large'],
    ['bytes that are no text', (socket: Visit) => socket.web.send(Buffer.from([0xff, 0xfe]), { binary: false }), 4400, 'invalid_request'],
  ])('by %s ends the socket, and its session', async (_, attack, code, reason) => {
    const socket = await enter();
    attack(socket);
    expect(await socket.ended).toMatchObject({ code, reason });
    expect((await seat.sessions[0]!.ended).reason).toBe('closed');
    expect(system.logs.filter(({ level }) => level >= 50)).toEqual([]);
  });

  it('by frames that break the protocol ends the socket', async () => {
    const line = await shakeHands();
    const ended = new Promise<void>((resolve) => line.once('close', () => resolve()));
    line.resume().write(Buffer.from([0xf7, 0xff, 0, 1, 2, 3]));
    await ended;
  });

  it('by a flood of messages waits on the line: all of them arrive, and others are served meanwhile', async () => {
    const socket = await enter();
    const text = JSON.stringify(message(1, { text: 'x'.repeat(1_000) }));
    for (let n = 0; n < 1_000; n++) socket.say(text);
    const other = await enter();
    other.say(message(1));
    await until(() => other.texts.length, (count) => count === 2);
    expect(socket.texts.length).toBeLessThan(900);
    await until(() => socket.texts.length, (count) => count === 1_001, 30_000);
  }, 60_000);

  it('by one who does not read costs a bounded part of our memory, and ends with a gap', async () => {
    const flood = Promise.withResolvers<void>();
    seat.play = async (session) => {
      session.send('{"jsonrpc":"2.0"}');
      await flood.promise;
      let isOver = false;
      void session.ended.then(() => (isOver = true));
      for (let n = 0; n < 200 && !isOver; n++) {
        session.send(JSON.stringify({ jsonrpc: '2.0', text: 'x'.repeat(500_000) }));
        await new Promise((resolve) => setImmediate(resolve));
      }
      await session.ended;
    };
    const socket = await enter();
    socket.web.pause();
    flood.resolve();
    expect(await seat.sessions[0]!.ended).toMatchObject({ reason: 'gap' });
    socket.web.resume();
    expect(await socket.ended).toMatchObject({ code: expect.toSatisfy((code: number) => code === 4409 || code === 1006) });
  });

  it('by a hundred sockets that say nothing leaves room for other addresses, and for this one when they are gone', async () => {
    const sockets = Array.from({ length: 100 }, () => visit(system, appId));
    const refused = await Promise.all(sockets.map(({ web, refusal }) => Promise.race([refusal, new Promise<undefined>((resolve) => web.once('open', () => resolve(undefined)))])));
    expect(refused.filter((answer) => answer !== undefined)).toEqual(Array.from({ length: 50 }, () => ({ status: 429, code: 'rate_limited' })));
    for (const { web } of sockets) web.terminate();
    await until(() => visit(system, appId).enter(system.server.operatorKey).catch(() => ''), (answer) => answer === ready);
  });

  it('by a principal that opens many is ended with 4429', async () => {
    const token = await system.mint({ role: 'editor' });
    for (let n = 0; n < 20; n++) await enter(token);
    expect(await visit(system, appId).enter(token)).toBe('4429 rate_limited');
    await enter(await system.mint({ role: 'editor' }));
  }, 30_000);
});

it('pings every page, and lets go of one that does not answer', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  try {
    const [socket, deaf] = [visit(system, appId), visit(system, appId, { autoPong: false })];
    for (const each of [socket, deaf]) expect(await each.enter(system.server.operatorKey)).toBe(ready);
    let pings = 0;
    socket.web.on('ping', () => pings++);
    for (let round = 1; round <= 3; round++) {
      await vi.advanceTimersByTimeAsync(25_000);
      await until(() => pings, (count) => count === round);
      // What comes after its answer tells that the answer was heard.
      socket.say(message(round));
      await until(() => socket.texts.length, (count) => count === 1 + round);
    }
    expect((await deaf.ended).code).toBe(1006);
  } finally {
    vi.useRealTimers();
  }
});

describe('a server that stops', () => {
  it('ends every socket with 1001, in every state, and is not held up by one that is deaf', async () => {
    const [open, mute] = [await enter(), visit(system, appId)];
    await new Promise<void>((resolve) => mute.web.once('open', () => resolve()));
    const deaf = (await shakeHands()).pause();
    await system.restart(system.bus);
    for (const { ended } of [open, mute]) expect((await ended).code).toBe(1001);
    expect((await seat.sessions[0]!.ended).reason).toBe('closed');
    deaf.destroy();
    await enter();
  });

  it('ends with 4503 when its bus is gone, and opens sessions over another one', async () => {
    const socket = await enter();
    await system.bus.close();
    expect(await socket.ended).toMatchObject({ code: 4503 });
    const bus = createMemoryBus();
    await system.restart(bus);
    seat = takeLanguageSeat(bus);
    await enter();
  });
});

it('is a server that still answers what asks for other protocols', async () => {
  const { port } = new URL(system.server.url);
  const line = connect(Number(port), '127.0.0.1');
  line.write(`GET /v1/health/live HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n`);
  const answer = await new Promise<string>((resolve) => line.once('data', (data: Buffer) => resolve(data.toString())));
  expect(answer).toMatch(/^HTTP\/1\.1 (200|204)/);
  line.destroy();
});
