import { pathOf } from '../call.ts';
import type { Auth, ClientOptions } from '../client-types.ts';
import { AbortError, ConnectionError } from '../errors.ts';

/**
 * Why a session is over. `code` is the close code of the socket: 4000 + the status of the error code in `reason`, 1001 when the server stops, 1006 when no connection (or no token) could be had, 1000 when this side closed it.
 * Open it again at once after 4409, after a pause that grows for 1001, 1006, 4401, 4429 and 45xx, and not at all for other codes.
 */
export interface LanguageEnd { code: number; reason: string; message: string }

export interface LanguageHandlers {
  /** One JSON-RPC message of the language server. */
  onMessage(text: string): void;
  /** Called once. Nothing comes afterwards. */
  onEnd(end: LanguageEnd): void;
  signal?: AbortSignal | undefined;
}

export interface LanguageSession {
  /** Resolves when the server talks: what was sent before has waited until then. Rejects when the session ends before. */
  readonly ready: Promise<{ root: string }>;
  /** One JSON-RPC message. After the end it does nothing. */
  send(text: string): void;
  close(): void;
}

export interface LanguageResource {
  /**
   * Opens a language session on the saved draft: completion, hover, definitions and the like, in the words of the language server protocol. It takes care of its token, and does not reconnect by itself.
   * @example
   * const session = fapi.language.open(app.id, { onMessage: (text) => console.log(text), onEnd: ({ code }) => console.log(code) });
   * session.send(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params: { rootUri: (await session.ready).root } }));
   */
  open(appId: string, handlers: LanguageHandlers): LanguageSession;
}

/** How the server's own frames begin; those of a language server begin otherwise. */
const ownFrame = '{"fapi":';

/** A socket may be closing while its last messages are still told, and a browser reports what is sent then: `onEnd` tells of it. */
const sendTo = (socket: WebSocket, text: string): void => {
  if (socket.readyState === WebSocket.OPEN) socket.send(text);
};

export const createLanguage = ({ options, auth, closing }: { options: ClientOptions; auth: Auth; closing: AbortSignal }): LanguageResource => ({
  open(appId, { onMessage, onEnd, signal }) {
    const url = new URL(pathOf('GET /v1/apps/:appId/language', { appId }), `${String(options.baseUrl).replace(/^http/, 'ws').replace(/\/$/, '')}/`);
    const ended = AbortSignal.any([closing, ...(signal ? [signal] : [])]);
    let settle!: { resolve(ready: { root: string }): void; reject(error: unknown): void };
    const ready = new Promise<{ root: string }>((resolve, reject) => (settle = { resolve, reject }));
    // Whoever listens to `onEnd` alone has heard of it.
    ready.catch(() => undefined);
    let waiting: string[] | undefined = [];
    let socket: WebSocket | undefined;
    let used: string | undefined;
    let isTriedAgain = false;
    let isOver = false;

    const finish = (end: LanguageEnd, error?: unknown): void => {
      if (isOver) return;
      isOver = true;
      unsubscribe();
      ended.removeEventListener('abort', leave);
      settle.reject(error ?? (end.code === 1000 ? new AbortError(end.message) : new ConnectionError(end.message)));
      socket?.close(1000);
      onEnd(end);
    };
    const leave = (): void => finish({ code: 1000, reason: '', message: 'the language session was closed here' });
    /** Says who we are when the socket opens, and again as soon as there is another token. */
    const authenticate = async (to: WebSocket): Promise<void> => {
      const authorization = await auth.authorization(ended);
      if (to !== socket || to.readyState !== WebSocket.OPEN || (used !== undefined && authorization === used)) return;
      used = authorization;
      to.send(JSON.stringify({ fapi: 'authenticate', token: authorization?.slice('Bearer '.length) ?? '', ...(options.workspaceId === undefined ? {} : { workspace: options.workspaceId }) }));
    };
    const unsubscribe = auth.subscribe((state, error) => {
      // Until the first answer the socket has its own token on the way.
      if (state === 'signed_in' && socket && used !== undefined) void authenticate(socket).catch(() => undefined);
      if (state === 'signed_out' && error === undefined) finish({ code: 4401, reason: 'unauthorized', message: 'this client is signed out' });
    });
    const connect = async (): Promise<void> => {
      // Before the socket, which the server keeps for 5 s only until it knows who is there.
      await auth.authorization(ended);
      if (isOver) return;
      const own = new WebSocket(url);
      let last: { code?: string; message?: string } = {};
      socket = own;
      used = undefined;
      own.onopen = () => void authenticate(own).catch(fail);
      own.onmessage = ({ data }: MessageEvent<string>) => {
        if (isOver) return;
        if (!data.startsWith(ownFrame)) return onMessage(data);
        const frame = JSON.parse(data) as { fapi: string; root: string; code?: string; message?: string };
        if (frame.fapi === 'end') last = frame;
        if (frame.fapi !== 'ready') return;
        settle.resolve({ root: frame.root });
        for (const text of waiting ?? []) sendTo(own, text);
        waiting = undefined;
      };
      own.onclose = ({ code, reason }) => {
        // A refused token has done nothing: with a new one it goes again, once.
        if (code === 4401 && waiting && !isTriedAgain && !isOver && used !== undefined && auth.reject(used)) {
          isTriedAgain = true;
          return void connect().catch(fail);
        }
        if (code === 4401 && used !== undefined) auth.reject(used);
        finish({ code, reason: last.code ?? reason, message: last.message ?? (reason || 'the connection to the language server was lost') });
      };
    };
    const fail = (error: unknown): void => finish({ code: 1006, reason: '', message: error instanceof Error ? error.message : String(error) }, error);

    if (ended.aborted) queueMicrotask(leave);
    else ended.addEventListener('abort', leave);
    void connect().catch(fail);
    return {
      ready,
      send(text) {
        if (isOver) return;
        if (waiting) waiting.push(text);
        else if (socket) sendTo(socket, text);
      },
      close: leave,
    };
  },
});
