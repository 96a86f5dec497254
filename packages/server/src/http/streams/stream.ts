import { PassThrough } from 'node:stream';
import { type Scope, type Topic, topics as allTopics } from '@fapi/sdk/contract';
import type { Context as KoaContext } from 'koa';
import { DomainError } from '../../domain/errors.ts';
import { isLimited, type Principal } from '../../domain/access/principal.ts';
import { listSeen } from '../../store/access/sight.ts';
import { findFloor, lastEventId } from '../../store/history/events.ts';
import { bufferBytes, followEvents } from './follow.ts';
import type { HttpContext } from '../route.ts';
import type { Wake } from './wake.ts';

const scopeOf: Record<Topic, Scope> = { apps: 'apps:read', deployments: 'deployments:read', logs: 'logs:read', metrics: 'metrics:read' };

export interface StreamRequest { apps: string | undefined; topics: string | undefined; since: string | undefined; lastEventId: string | undefined }

/** Opens the stream of a page: what is kept after its cursor, then what comes, every durable event with the id of its row. */
export async function openStream(context: HttpContext, wake: Wake, principal: Principal, request: StreamRequest, koa: KoaContext): Promise<void> {
  const topics = chooseTopics(request.topics, principal);
  const apps = await chooseApps(context, request.apps, principal);
  const newest = await lastEventId(context.db);
  const asked = request.lastEventId ?? request.since;
  // An id from the future is one of another database: start at the present and say so.
  const isGone = asked !== undefined && (Number(asked) > newest || (Number(asked) > 0 && Number(asked) < (await findFloor(context.db, principal.workspaceId, apps))));
  const cursor = asked === undefined || isGone ? newest : Number(asked);

  const stream = context.openStreams.open(principal);
  const body = new PassThrough({ highWaterMark: bufferBytes });
  koa.status = 200;
  koa.set({ 'content-type': 'text/event-stream', 'cache-control': 'no-store, no-transform', 'x-accel-buffering': 'no' });
  koa.body = body;
  const left = new AbortController();
  body.once('close', () => {
    left.abort();
    // Closed before its end: a pipe would leave the reader waiting for more.
    if (!body.readableEnded) koa.res.destroy();
  });
  koa.req.once('close', () => left.abort());
  const ended = AbortSignal.any([left.signal, context.stopping, stream.revoked]);
  void followEvents(context, wake, { principal, topics, named: request.apps ? apps : undefined, cursor, isGone, body, ended }).catch((error: unknown) => {
    if (!ended.aborted) context.logger.error({ err: error }, 'a stream broke');
  }).finally(() => {
    stream.close();
    body.end();
  });
}

function chooseTopics(text: string | undefined, principal: Principal): Topic[] {
  const asked = text === undefined ? allTopics.filter((topic) => principal.scopes.includes(scopeOf[topic])) : text.split(',');
  if (text === '') throw new DomainError('invalid_request', 'query.topics is empty: name a topic, or leave it out for all of them');
  for (const topic of asked) {
    if (!(allTopics as readonly string[]).includes(topic)) throw new DomainError('invalid_request', `query.topics: there is no topic "${topic.slice(0, 40)}"; there are ${allTopics.join(', ')}`);
    if (!principal.scopes.includes(scopeOf[topic as Topic])) throw new DomainError('forbidden', `the topic ${topic} needs ${scopeOf[topic as Topic]}`);
  }
  return asked as Topic[];
}

/** The named ones; all that the principal may see when it names none; undefined for every app of the workspace. */
async function chooseApps(context: HttpContext, text: string | undefined, principal: Principal): Promise<readonly string[] | undefined> {
  if (text === undefined) return isLimited(principal) ? listSeen(context.db, principal) : undefined;
  // A list that has come to nothing must not be all of them.
  if (text === '') throw new DomainError('invalid_request', 'query.apps is empty: name an app, or leave it out for every app');
  const apps = text.split(',');
  const seen = new Set(apps.some((appId) => appId.includes('\0')) ? [] : await listSeen(context.db, principal, apps));
  if (apps.some((appId) => !seen.has(appId))) throw new DomainError('app_not_found', 'query.apps names one that is not there');
  return apps;
}
