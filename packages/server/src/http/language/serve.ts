import { CallRefusedError, type Session } from '@fapi/runner-controller/work';
import type { Context as KoaContext } from 'koa';
import { openLanguage, toError } from '../../commands/drafts/open-language.ts';
import { DomainError } from '../../domain/errors.ts';
import type { HttpContext } from '../route.ts';
import { type Admission, admitSocket, firstFrameBytes } from './admission.ts';
import { createCounts } from './counts.ts';
import { readOwn } from './frames.ts';
import { acceptSocket, type Socket } from './socket.ts';

/** Where all pages of a portal come from one address: a token is looked up in milliseconds. */
const mostStrangers = 50;
/** A page needs one. */
const mostEach = 20;
const root = 'file:///app/';

/** Carries the messages of language servers between pages and whoever runs apps. */
export function createLanguageDoor(context: HttpContext): (koa: KoaContext, appId: string) => Promise<void> {
  const strangers = createCounts(mostStrangers, 'sockets of this address have not said yet who they are');
  const sessions = createCounts(mostEach, 'language sessions are open: end some of them, a page needs one');

  /** Resolves when the session runs; it goes on by itself. Until then the limits count the caller as a stranger, and a refused token as one. */
  return async (koa, appId) => {
    // Whoever puts a token there reads it in every log on the way.
    if (koa.querystring !== '') throw new DomainError('invalid_request', 'query: this address takes no parameters; the token comes in the first frame');
    const known = strangers.enter(context.limits.addressOf(koa.req));
    let socket: Socket | undefined;
    try {
      socket = await acceptSocket(koa, firstFrameBytes);
      stopWith(socket, context.stopping);
      const admission = await admitSocket(context, koa, socket, appId);
      known();
      socket.onGone(sessions.enter(admission.principal.id));
      const session = await openLanguage(context, admission.principal, appId, socket.gone);
      carry(socket, session, admission);
      void socket.send(JSON.stringify({ fapi: 'ready', root }));
    } catch (error) {
      // The page has left, or was told why: nobody is to be told now.
      if (socket?.gone.aborted) return;
      socket?.end(error);
      throw error;
    } finally {
      known();
    }
  };
}

function stopWith(socket: Socket, stopping: AbortSignal): void {
  if (stopping.aborted) return socket.stop();
  const stop = (): void => socket.stop();
  stopping.addEventListener('abort', stop, { once: true });
  socket.onGone(() => stopping.removeEventListener('abort', stop));
}

function carry(socket: Socket, session: Session, admission: Admission): void {
  socket.onText((text) => {
    const own = readOwn(text);
    if (own) return admission.renew(own);
    try {
      session.send(text);
    } catch (error) {
      throw error instanceof CallRefusedError ? new DomainError('body_too_large', error.message) : error;
    }
  });
  socket.onGone(() => session.close('the page has left'));
  // At once, although the page may not have read all that came before: it begins anew anyhow.
  void session.ended.then((end) => end.reason === 'closed' || socket.end(toError(end)));
  void (async () => {
    for await (const text of session) await socket.send(text);
    socket.end(toError(await session.ended));
  })();
}
