import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { until } from '../test-parts/until.ts';
import type { BusUnderTest, OpenBus } from './bus.suite.ts';
import { CallRefusedError, NobodyServesError, NotInChargeError, type WorkBus } from './bus.ts';
import { type Session, type SessionEnd, sessionMessageLimitBytes, type SessionOpening } from './sessions/port.ts';

const makeOpening = (sessionId: string): SessionOpening => ({ sessionId, appId: `app of ${sessionId}`, draft: { digest: 'sha256:1', sha256: '00' } });
type Handler = (opening: SessionOpening, session: Session) => Promise<void>;
const leave: Handler = () => Promise.reject(new NotInChargeError('another one acts'));
const endlessly: Handler = (_opening, session) => session.ended.then(() => undefined);
const kindOf = (body: string): string => (JSON.parse(body.split('\n', 1)[0]!) as { kind: string }).kind;

export function describeSessions(open: OpenBus): void {
  describe('sessions', () => {
    let bus: BusUnderTest;
    let server: WorkBus;
    let controller: WorkBus;
    let stop: AbortController;
    /** What the lines do to every body that crosses them. */
    let carry: (body: string, put: (body: string) => void) => void;
    const serving: Promise<void>[] = [];
    beforeEach(async () => {
      stop = new AbortController();
      carry = (body, put) => put(body);
      bus = await open({ beatMs: 250, carry: (body, put) => carry(body, put) });
      [server, controller] = [await bus.connect(), await bus.connect()];
    });
    afterEach(async () => {
      stop.abort();
      await Promise.all(serving.splice(0));
      await bus.close();
    });

    /** Serves and waits until openings reach whoever serves now. */
    const serve = async (handler: Handler, party = controller, signal = stop.signal): Promise<void> => {
      let isServing = false;
      serving.push(party.sessions.serve(async (opening, session) => {
        isServing = true;
        if (opening.sessionId === 'probe') throw new CallRefusedError('probed', 'it serves');
        await handler(opening, session);
      }, { signal }));
      await until(async () => {
        await server.sessions.open(makeOpening('probe')).catch(() => undefined);
        return isServing;
      });
    };
    /** The controller's end of the next session, taken by reading it. */
    const meet = async (id = 'one'): Promise<{ near: Session; far: Session; read: string[]; farRead: string[]; farIsOver(): boolean }> => {
      const far = Promise.withResolvers<Session>();
      const farRead: string[] = [];
      let isOver = false;
      await serve(async (opening, session) => {
        if (opening.sessionId !== id) throw new NotInChargeError('not mine');
        far.resolve(session);
        for await (const text of session) farRead.push(text);
        isOver = true;
      });
      const near = await server.sessions.open(makeOpening(id));
      const read: string[] = [];
      void (async () => {
        for await (const text of near) read.push(text);
      })();
      return { near, far: await far.promise, read, farRead, farIsOver: () => isOver };
    };
    const bothEnds = ({ near, far }: { near: Session; far: Session }): Promise<SessionEnd[]> => Promise.all([near.ended, far.ended]);

    it('brings the opening to the handler, and texts both ways in order', async () => {
      let opened: SessionOpening | undefined;
      await serve(async (opening, session) => {
        opened = opening;
        session.send('hello');
        for await (const text of session) session.send(`${text}!`);
      });
      const session = await server.sessions.open(makeOpening('one'));
      expect(opened).toEqual(makeOpening('one'));
      const sent = Array.from({ length: 300 }, (_, at) => `ä\n${at}`);
      for (const text of sent) session.send(text);
      const read: string[] = [];
      for await (const text of session) if (read.push(text) > sent.length) break;
      expect(read).toEqual(['hello', ...sent.map((text) => `${text}!`)]);
      session.close();
    });

    it('keeps two sessions apart', async () => {
      await serve(async (opening, session) => {
        for await (const text of session) session.send(`${opening.appId}: ${text}`);
      });
      const sessions = await Promise.all(['one', 'two'].map((id) => server.sessions.open(makeOpening(id))));
      for (const [at, session] of sessions.entries()) session.send(String(at));
      const first = await Promise.all(sessions.map(async (session) => (await session[Symbol.asyncIterator]().next()).value as unknown));
      expect(first).toEqual(['app of one: 0', 'app of two: 1']);
      sessions[0]!.close();
      sessions[1]!.send('still here');
      expect(await sessions[1]![Symbol.asyncIterator]().next()).toMatchObject({ value: 'app of two: still here' });
    });

    it('lives on without a word from anybody but its heart', async () => {
      const ends = await meet();
      let beats = 0;
      carry = (body, put) => {
        if (kindOf(body) === 'beat') beats++;
        put(body);
      };
      await until(() => beats > 16, Boolean, 30_000);
      ends.near.send('still here');
      await until(() => ends.farRead.includes('still here'));
    }, 40_000);

    it('says at once that nobody serves', async () => {
      await expect(server.sessions.open(makeOpening('one'))).rejects.toThrow(NobodyServesError);
    });

    it('brings the code of a refusal, before it is taken and afterwards', async () => {
      await serve(async (opening, session) => {
        if (opening.sessionId === 'late') session.send('taken');
        throw new CallRefusedError('workbench_busy', 'all are in use');
      });
      await expect(server.sessions.open(makeOpening('early'))).rejects.toMatchObject({ name: 'CallRefusedError', code: 'workbench_busy', message: 'all are in use' });
      const late = await server.sessions.open(makeOpening('late'));
      expect(await late.ended).toEqual({ reason: 'refused', code: 'workbench_busy', message: 'all are in use' });
    });

    it('turns a handler that breaks, or that returns without a word, into a refusal', async () => {
      await serve(async (opening) => {
        if (opening.sessionId === 'broken') throw new Error('the agent is away');
      });
      await expect(server.sessions.open(makeOpening('broken'))).rejects.toMatchObject({ code: 'failed', message: 'the agent is away' });
      await expect(server.sessions.open(makeOpening('mute'))).rejects.toMatchObject({ code: 'failed' });
    });

    it('goes to the one that is in charge, however many stand by or are frozen', async () => {
      for (const handler of [leave, endlessly, leave]) await serve(handler, await bus.connect());
      await serve(async (_opening, session) => session.send('me'));
      for (let n = 0; n < 10; n++) {
        const session = await server.sessions.open(makeOpening(`session ${n}`));
        expect(await session[Symbol.asyncIterator]().next()).toMatchObject({ value: 'me' });
      }
    });

    it('gives up soon when all who serve stand by', async () => {
      await serve(leave);
      await expect(server.sessions.open(makeOpening('one'))).rejects.toMatchObject({ name: 'CallTimeoutError', message: 'nobody is in charge of sessions now' });
    });

    it('waits for one that works on it', async () => {
      let waits = 0;
      carry = (body, put) => {
        if (kindOf(body) === 'wait') waits++;
        put(body);
      };
      await serve(async (_opening, session) => {
        await until(() => waits >= 10);
        session.send('at last');
        await session.ended;
      });
      const session = await server.sessions.open(makeOpening('one'));
      expect(await session[Symbol.asyncIterator]().next()).toMatchObject({ value: 'at last' });
      session.close();
    });

    it('has one holder although two took it: the other one is told', async () => {
      const ends: Promise<SessionEnd>[] = [];
      for (const word of ['a', 'b']) {
        await serve(async (_opening, session) => {
          ends.push(session.ended);
          for (let n = 0; n < 20; n++) session.send(word);
          for await (const _ of session);
        }, await bus.connect());
      }
      const session = await server.sessions.open(makeOpening('one'));
      expect(await Promise.race(ends)).toEqual({ reason: 'closed', message: 'another one has taken it' });
      const read: string[] = [];
      for await (const text of session) if (read.push(text) === 20) break;
      expect(new Set(read).size).toBe(1);
      session.close();
      await Promise.all(ends);
    });

    it('ends on both sides when a message is lost, and the reader has what came before', async () => {
      const ends = await meet();
      let texts = 0;
      carry = (body, put) => kindOf(body) === 'text' && ++texts === 3 ? undefined : put(body);
      for (const text of ['1', '2', '3', '4']) ends.near.send(text);
      expect((await bothEnds(ends)).map(({ reason }) => reason)).toEqual(['gap', 'gap']);
      await until(ends.farIsOver);
      expect(ends.farRead).toEqual(['1', '2']);
    });

    it('ends by the next beat when the last message is lost', async () => {
      const ends = await meet();
      carry = (body, put) => kindOf(body) === 'text' ? undefined : put(body);
      ends.far.send('lost');
      expect((await bothEnds(ends)).map(({ reason }) => reason)).toEqual(['gap', 'gap']);
      expect(ends.read).toEqual([]);
    });

    it('ends on both sides when two messages change places, and when one comes twice', async () => {
      const swapped = await meet('swapped');
      let held: string | undefined;
      carry = (body, put) => {
        if (kindOf(body) !== 'text') return put(body);
        if (held === undefined) return void (held = body);
        put(body);
        put(held);
      };
      swapped.far.send('1');
      swapped.far.send('2');
      expect((await bothEnds(swapped)).map(({ reason }) => reason)).toEqual(['gap', 'gap']);
      expect(swapped.read).toEqual([]);
      const doubled = await meet('doubled');
      carry = (body, put) => {
        put(body);
        if (kindOf(body) === 'text') put(body);
      };
      doubled.near.send('1');
      expect((await bothEnds(doubled)).map(({ reason }) => reason)).toEqual(['gap', 'gap']);
    });

    it('ends on both sides when they do not hear of each other any more', async () => {
      const ends = await meet();
      carry = () => undefined;
      expect((await bothEnds(ends)).map(({ reason }) => reason)).toEqual(['timeout', 'timeout']);
      await until(ends.farIsOver);
    });

    it('ends on both sides when one is deaf only', async () => {
      const ends = await meet();
      let near: string | undefined;
      carry = (body, put) => {
        const { from } = JSON.parse(body.split('\n', 1)[0]!) as { from: string };
        near ??= from;
        if (from === near || kindOf(body) === 'end') put(body);
      };
      expect((await bothEnds(ends)).map(({ reason }) => reason)).toEqual(['timeout', 'timeout']);
    });

    it('ends on both sides when more comes than is read', async () => {
      let far: Session | undefined;
      await serve(async (_opening, session) => {
        far = session;
        session.send('taken, and never read');
        await session.ended;
      });
      const near = await server.sessions.open(makeOpening('one'));
      for (let n = 0; n < 1_500; n++) near.send('x');
      expect((await bothEnds({ near, far: far! })).map(({ reason }) => reason)).toEqual(['gap', 'gap']);
    });

    it('refuses a message that is too large, and goes on', async () => {
      const ends = await meet();
      const largest = 'ä'.repeat(sessionMessageLimitBytes / 2);
      expect(() => ends.near.send(`${largest}x`)).toThrow(expect.objectContaining({ name: 'CallRefusedError', code: 'too_large' }));
      ends.near.send(largest);
      ends.far.send(largest);
      await until(() => ends.farRead.length + ends.read.length === 2);
      expect([ends.farRead[0] === largest, ends.read[0] === largest]).toEqual([true, true]);
    });

    it.each(['near', 'far'] as const)('is closed by the %s end, after all that was sent', async (side) => {
      const ends = await meet();
      const other = side === 'near' ? ends.farRead : ends.read;
      for (let n = 0; n < 50; n++) ends[side].send(String(n));
      ends[side].close('done');
      ends[side].send('after the end');
      expect(await bothEnds(ends)).toEqual([{ reason: 'closed', message: 'done' }, { reason: 'closed', message: 'done' }]);
      await until(() => other.length === 50 && ends.farIsOver());
      expect(other.at(-1)).toBe('49');
    });

    it('ends with the controller that serves no more', async () => {
      const own = new AbortController();
      await serve(async (_opening, session) => {
        for await (const _ of session);
      }, controller, own.signal);
      const session = await server.sessions.open(makeOpening('one'));
      own.abort();
      expect(await session.ended).toEqual({ reason: 'closed', message: 'the controller stops' });
      await until(() => server.sessions.open(makeOpening('two')).then(() => 'opened', (error: Error) => error.name), (name) => name === 'NobodyServesError');
    });

    it.each(['server', 'controller'] as const)('ends on both sides when the bus of the %s closes', async (side) => {
      const ends = await meet();
      await (side === 'server' ? server : controller).close();
      expect((await bothEnds(ends)).map(({ reason }) => reason)).toEqual(['closed', 'closed']);
    });

    it('tells the handler when nobody waits for its answer any more', async () => {
      const begun = Promise.withResolvers<Session>();
      const ends: Promise<SessionEnd>[] = [];
      await serve(async (opening, session) => {
        ends.push(session.ended);
        begun.resolve(session);
        await endlessly(opening, session);
      });
      await expect(server.sessions.open(makeOpening('one'), { signal: AbortSignal.abort(new Error('left before')) })).rejects.toThrow('left before');
      const leaving = new AbortController();
      const opening = expect(server.sessions.open(makeOpening('one'), { signal: leaving.signal })).rejects.toThrow('left during');
      await begun.promise;
      leaving.abort(new Error('left during'));
      await opening;
      expect(await Promise.all(ends)).toEqual([{ reason: 'closed', message: 'nobody waits for it any more' }]);
    });
  });
}
