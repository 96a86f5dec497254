import { WebSocket } from 'ws';
import { CallRefusedError, type Session, type SessionOpening, type WorkBus } from '@fapi/runner-controller/work';
import { type System, until } from './system.ts';

/** What came over a socket, and how it ended. */
export interface Visit {
  readonly web: WebSocket;
  readonly texts: string[];
  /** Of an upgrade that was refused: the answer. */
  readonly refusal: Promise<{ status: number; code: string }>;
  readonly ended: Promise<{ code: number; reason: string; last: any }>;
  say(frame: unknown): void;
  /** Authenticates and waits until the server talks, or the socket ends. */
  enter(token: string, more?: object): Promise<string>;
}

/** A page's socket to the language server of an app. */
export function visit(system: System, appId: string, { origin, query = '', path = `/v1/apps/${appId}/language`, autoPong = true }: { origin?: string; query?: string; path?: string; autoPong?: boolean } = {}): Visit {
  const web = new WebSocket(new URL(path + query, system.server.url.replace('http', 'ws')), { ...(origin === undefined ? {} : { origin }), perMessageDeflate: false, autoPong });
  const texts: string[] = [];
  const opened = new Promise<void>((resolve, reject) => web.once('open', resolve).once('close', () => reject(new Error('it closed before it was open'))).once('error', reject));
  opened.catch(() => undefined);
  const refusal = new Promise<{ status: number; code: string }>((resolve) => web.once('unexpected-response', (_, response) => {
    let body = '';
    response.on('data', (chunk: Buffer) => (body += chunk.toString())).on('end', () => {
      resolve({ status: response.statusCode!, code: body === '' ? '' : JSON.parse(body).code });
      web.terminate();
    });
  }));
  const ended = new Promise<{ code: number; reason: string; last: any }>((resolve) => web.once('close', (code, reason) => resolve({ code, reason: reason.toString(), last: texts.length === 0 ? undefined : JSON.parse(texts.at(-1)!) })));
  web.on('message', (data: Buffer) => texts.push(data.toString()));
  web.on('error', () => undefined);
  return {
    web, texts, refusal, ended,
    say: (frame) => web.send(typeof frame === 'string' ? frame : JSON.stringify(frame)),
    async enter(token, more = {}) {
      await opened;
      web.send(JSON.stringify({ fapi: 'authenticate', token, ...more }));
      const first = await Promise.race([until(() => texts[0], (text) => text !== undefined, 20_000), ended.then(({ code, reason }) => `${code} ${reason}`)]);
      return first!.startsWith('{"fapi":"end"') ? ended.then(({ code, reason }) => `${code} ${reason}`) : first!;
    },
  };
}

export const ready = '{"fapi":"ready","root":"file:///app/"}';

export interface LanguageSeat {
  readonly openings: SessionOpening[];
  readonly sessions: Session[];
  /** What the next sessions do. */
  play: (session: Session, opening: SessionOpening) => Promise<void>;
  leave(): Promise<void>;
}

/** Sends every message back, with what it was. */
export const echo = async (session: Session): Promise<void> => {
  for await (const text of session) session.send(JSON.stringify({ jsonrpc: '2.0', echo: text }));
};
export const refuse = (code: string) => async (): Promise<void> => {
  throw new CallRefusedError(code, `said by the controller: ${code}`);
};

/** The test in the place of a controller that has language servers. */
export function takeLanguageSeat(bus: WorkBus): LanguageSeat {
  const stop = new AbortController();
  const seat: LanguageSeat = {
    openings: [], sessions: [], play: echo,
    async leave() {
      stop.abort();
      await serving;
    },
  };
  const serving = bus.sessions.serve(async (opening, session) => {
    seat.openings.push(opening);
    seat.sessions.push(session);
    await seat.play(session, opening);
  }, { signal: stop.signal });
  return seat;
}
