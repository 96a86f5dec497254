import { problems } from '@fapi/sdk/contract';
import type { Context as KoaContext } from 'koa';
import { WebSocket, WebSocketServer } from 'ws';
import { DomainError } from '../../domain/errors.ts';
import { takeUpgrade } from './upgrade.ts';

/** Of a frame, before it is looked at. */
const limitBytes = 1024 * 1024;
const pingMs = 25_000;
/** How long a client may take to say goodbye. */
const goodbyeMs = 1_000;
/** What may lie unread on the way to a client before we wait for it. */
const bufferBytes = 1_000_000;
/** A typist sends twenty messages a second. What comes faster waits on the line. */
const flow = { messages: { atOnce: 400, perSecond: 100 }, bytes: { atOnce: 4_000_000, perSecond: 2_000_000 }, pauseMs: 100 };
const serverStops = 1001;

/** A WebSocket that ends with the codes of the contract. */
export interface Socket {
  /** Aborts as soon as it ends, from either side. */
  readonly gone: AbortSignal;
  /** Once it is gone; now if it is. */
  onGone(act: () => void): void;
  /** Every text frame from now on, in order. What it throws ends the socket. */
  onText(take: (text: string) => void): void;
  /** Resolves when the next one may be sent: at once, unless the client reads slowly. */
  send(text: string): Promise<void>;
  /** Says why and closes: with 4000 + the status of the error. What is no `DomainError` is `internal`. */
  end(error: unknown): void;
  /** The server goes; the client comes back. */
  stop(): void;
}

/** Frames that the library refuses are refused with our codes. */
class OwnWebSocket extends WebSocket {
  override close(code?: number, data?: string | Buffer): void {
    const own = code === 1009 ? 'body_too_large' : code === 1002 || code === 1007 ? 'invalid_request' : undefined;
    if (own === undefined) super.close(code, data);
    else super.close(4000 + problems[own].status, own);
  }
}

const server = new WebSocketServer({ noServer: true, maxPayload: limitBytes, perMessageDeflate: false, clientTracking: false, WebSocket: OwnWebSocket });

/** Shakes hands. Of a first frame nothing is read beyond `firstLimitBytes`. Throws `invalid_request` for what asks for no WebSocket. */
export async function acceptSocket(koa: KoaContext, firstLimitBytes: number): Promise<Socket> {
  const upgrade = takeUpgrade(koa.req);
  if (!upgrade) throw new DomainError('invalid_request', 'this address takes WebSockets only');
  koa.respond = false;
  koa.status = 101;
  const { socket: line, head } = upgrade;
  const web = await new Promise<WebSocket>((resolve, reject) => {
    line.once('close', () => reject(new DomainError('invalid_request', 'the handshake came to no end')));
    server.handleUpgrade(koa.req, line, head, resolve);
  });
  const gone = new AbortController();
  let take: ((text: string) => void) | undefined;
  let isFirst = true;
  let isHeard = true;
  const credit = { messages: flow.messages.atOnce, bytes: flow.bytes.atOnce, at: performance.now() };

  const close = (code: number, reason: string): void => {
    if (gone.signal.aborted) return;
    web.close(code, reason);
    gone.abort();
  };
  const onGone = (act: () => void): void => {
    if (gone.signal.aborted) act();
    else gone.signal.addEventListener('abort', act, { once: true });
  };
  const socket: Socket = {
    gone: gone.signal,
    onGone,
    onText(next) {
      take = next;
    },
    send(text) {
      if (web.readyState !== WebSocket.OPEN) return Promise.resolve();
      return new Promise((resolve) => {
        web.send(text, () => resolve());
        if (web.bufferedAmount < bufferBytes) resolve();
      });
    },
    end(error) {
      if (gone.signal.aborted) return;
      const { code, detail } = error instanceof DomainError ? error : { code: 'internal' as const, detail: undefined };
      const { status, title } = problems[code];
      web.send(JSON.stringify({ fapi: 'end', code, message: detail ?? title }));
      close(4000 + status, code);
    },
    stop: () => close(serverStops, ''),
  };

  /** Stops reading while more comes than anybody types: the line fills up, and the client waits. */
  const throttle = (bytes: number): void => {
    const at = performance.now();
    for (const kind of ['messages', 'bytes'] as const) credit[kind] = Math.min(flow[kind].atOnce, credit[kind] + ((at - credit.at) / 1_000) * flow[kind].perSecond) - (kind === 'bytes' ? bytes : 1);
    credit.at = at;
    if ((credit.messages >= 0 && credit.bytes >= 0) || web.isPaused) return;
    web.pause();
    const resume = setTimeout(() => web.resume(), Math.max(flow.pauseMs, (-credit.messages / flow.messages.perSecond) * 1_000, (-credit.bytes / flow.bytes.perSecond) * 1_000));
    onGone(() => clearTimeout(resume));
  };
  const startedAt = line.bytesRead;
  const bound = (): void => {
    if (isFirst && line.bytesRead - startedAt + head.length > firstLimitBytes) socket.end(new DomainError('body_too_large', `the first frame has at most ${firstLimitBytes} bytes`));
  };
  line.on('data', bound);

  web.on('message', (data: Buffer, isBinary) => {
    if (gone.signal.aborted) return;
    isFirst = false;
    line.off('data', bound);
    try {
      if (isBinary) throw new DomainError('invalid_request', 'frames are text');
      if (take === undefined) throw new DomainError('invalid_request', 'this frame came before it was its turn');
      take(data.toString());
      throttle(data.length);
    } catch (error) {
      socket.end(error);
    }
  });
  web.on('pong', () => (isHeard = true));
  const heart = setInterval(() => {
    if (!isHeard) return web.terminate();
    isHeard = false;
    web.ping();
  }, pingMs);
  web.on('close', () => gone.abort());
  web.on('error', () => gone.abort());
  onGone(() => {
    clearInterval(heart);
    // The library would wait for half a minute.
    setTimeout(() => web.terminate(), goodbyeMs).unref();
  });
  return socket;
}
