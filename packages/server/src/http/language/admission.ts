import { routes } from '@fapi/sdk/contract';
import type { Context as KoaContext } from 'koa';
import { getApp } from '../../commands/get-app.ts';
import { DomainError } from '../../domain/errors.ts';
import type { Principal } from '../../domain/access/principal.ts';
import { admitAs, originOf, placeOn } from '../access/admit.ts';
import type { HttpContext } from '../route.ts';
import { type Authenticate, readOwn } from './frames.ts';
import type { Socket } from './socket.ts';

export const firstFrameBytes = 4_096;
const authenticateMs = 5_000;
const [watchMs, sightEvery] = [1_000, 5];
const route = routes.language.open;

/** Whose socket it is, for as long as it may have one. */
export interface Admission {
  readonly principal: Principal;
  /** Another token of the same one. A refused one ends the socket. */
  renew(frame: Authenticate): void;
}

/** Waits for the first frame, and ends the socket when its token is revoked or expires, or when the app is out of its sight. Throws what `admit` does. */
export async function admitSocket(context: HttpContext, koa: KoaContext, socket: Socket, appId: string): Promise<Admission> {
  const admit = ({ token, workspace = '' }: Authenticate): Promise<Principal> => {
    if (token === '') throw new DomainError('unauthorized', 'the frame has no token');
    return admitAs(context, route, koa, { authorization: `Bearer ${token}`, workspace, origin: originOf(koa) }, appId);
  };
  let principal = await admit(await readFirst(socket));
  let stream = context.openStreams.open(principal);
  const follow = (): void => {
    const own = stream;
    const onRevoked = (): void => {
      if (own === stream) socket.end(new DomainError('unauthorized', 'the token was revoked'));
    };
    if (own.revoked.aborted) onRevoked();
    else own.revoked.addEventListener('abort', onRevoked, { once: true });
  };
  follow();

  let turn = 0;
  const look = async (): Promise<void> => {
    if (principal.expiresAt && principal.expiresAt <= context.now()) throw new DomainError('token_expired');
    if (++turn % sightEvery !== 0) return;
    await placeOn(context, route, principal, appId);
    await getApp(context, principal, appId);
  };
  const watch = setInterval(() => void look().catch((error: unknown) => {
    // A database that does not answer takes nothing away from anybody.
    if (error instanceof DomainError) socket.end(error);
  }), watchMs);
  socket.onGone(() => {
    clearInterval(watch);
    stream.close();
  });

  let renewal: Promise<void> = Promise.resolve();
  return {
    get principal() {
      return principal;
    },
    renew(frame) {
      renewal = renewal.then(async () => {
        const next = await admit(frame);
        if (socket.gone.aborted) return;
        if (next.kind !== principal.kind || next.subject !== principal.subject || next.workspaceId !== principal.workspaceId) throw new DomainError('unauthorized', 'the session is of somebody else');
        const former = stream;
        stream = context.openStreams.open(next);
        former.close();
        principal = next;
        follow();
      }).catch((error: unknown) => socket.end(error));
    },
  };
}

function readFirst(socket: Socket): Promise<Authenticate> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new DomainError('unauthorized', `the first frame did not come within ${authenticateMs / 1_000} s`)), authenticateMs);
    socket.onGone(() => {
      clearTimeout(timer);
      reject(new DomainError('unauthorized', 'the socket ended before its first frame'));
    });
    socket.onText((text) => {
      // The next one has its turn when this one is answered.
      socket.onText(() => {
        throw new DomainError('invalid_request', 'wait for the frame "ready"');
      });
      clearTimeout(timer);
      try {
        if (Buffer.byteLength(text) > firstFrameBytes) throw new DomainError('body_too_large', `the first frame has at most ${firstFrameBytes} bytes`);
        const frame = readOwn(text);
        if (!frame) throw new DomainError('unauthorized', 'the first frame must be {"fapi":"authenticate","token":"..."}');
        resolve(frame);
      } catch (error) {
        reject(error);
      }
    });
  });
}
