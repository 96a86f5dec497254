import { type TryAnswer, tryLimits, type TryRequest } from '@fapi/sdk/contract';
import { DomainError } from '../../domain/errors.ts';
import { askApp } from '../../try/ask-app.ts';
import { audit } from '../../store/history/audit.ts';
import type { Actor, Context } from '../context.ts';
import { getApp } from '../get-app.ts';
import { findSuspension } from '../require-not-suspended.ts';

const reads = new Set<string>(['GET', 'HEAD', 'OPTIONS']);

/** Sends a builder's request to the live app. What may write leaves an audit row before it goes out: that it was tried, and nothing of what was sent. */
export async function tryApp(context: Context, actor: Actor, appId: string, asked: TryRequest, leave: AbortSignal): Promise<TryAnswer> {
  const app = await getApp(context, actor, appId);
  const suspended = await findSuspension(context.db, app);
  if (suspended) throw suspended;
  if (app.live_deployment_id === null) throw new DomainError('not_live', 'deploy it first');
  const body = decode(asked);
  if (!reads.has(asked.method)) await audit(context.db, { ...actor, action: 'apps.try', appId }, context.now());
  return askApp({ url: context.appUrl(app.host), via: context.gatewayUrl }, asked, body, leave);
}

function decode({ body, bodyEncoding }: TryRequest): Buffer | undefined {
  if (body === undefined) return undefined;
  const bytes = Buffer.from(body, bodyEncoding);
  if (bytes.length <= tryLimits.bodyBytes) return bytes;
  const message = `the body for the app has ${bytes.length} bytes, and ${tryLimits.bodyBytes} are taken here`;
  throw new DomainError('body_too_large', message, { issues: [{ path: '/body', message, used: bytes.length, limit: tryLimits.bodyBytes }] });
}
