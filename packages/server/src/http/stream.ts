import { PassThrough } from 'node:stream';
import { type Scope, type StreamEvent, type Topic, topics as allTopics } from '@fapi/sdk/contract';
import type { Context as KoaContext } from 'koa';
import { presentMetrics } from '../commands/present-app.ts';
import { DomainError } from '../domain/errors.ts';
import { findApp } from '../store/apps.ts';
import { findFloor, lastEventId, readEvents, type StoredEvent } from '../store/events.ts';
import type { Principal } from './principal.ts';
import type { HttpContext } from './route.ts';
import type { Wake } from './wake.ts';

const heartbeatMs = 15_000;
const pollMs = 1_000;
const batch = 200;
const bufferBytes = 1_000_000;
const expiryNoticeMs = 10_000;
const typesOf: Record<Topic, readonly string[]> = { apps: ['app', 'app_deleted'], deployments: ['deployment'], logs: ['log'], metrics: [] };
const scopeOf: Record<Topic, Scope> = { apps: 'apps:read', deployments: 'deployments:read', logs: 'logs:read', metrics: 'metrics:read' };

export interface StreamRequest { apps: string | undefined; topics: string | undefined; since: string | undefined; lastEventId: string | undefined }

/** Opens the stream of a page: what is kept after its cursor, then what comes, every durable event with the id of its row. */
export async function openStream(context: HttpContext, wake: Wake, principal: Principal, request: StreamRequest, koa: KoaContext): Promise<void> {
  const topics = chooseTopics(request.topics, principal);
  const apps = await chooseApps(context, request.apps, principal);
  const types = topics.flatMap((topic) => typesOf[topic]);
  const newest = await lastEventId(context.db);
  const asked = request.lastEventId ?? request.since;
  // An id from the future is one of another database: start at the present and say so.
  const isGone = asked !== undefined && (Number(asked) > newest || (Number(asked) > 0 && Number(asked) < (await findFloor(context.db, principal.workspaceId, apps))));
  let cursor = asked === undefined || isGone ? newest : Number(asked);

  const body = new PassThrough({ highWaterMark: bufferBytes });
  koa.status = 200;
  koa.set({ 'content-type': 'text/event-stream', 'cache-control': 'no-store, no-transform', 'x-accel-buffering': 'no' });
  koa.body = body;
  const left = new AbortController();
  body.once('close', () => left.abort());
  koa.req.once('close', () => left.abort());
  const ended = AbortSignal.any([left.signal, context.stopping]);
  const send = (event: StreamEvent): void => {
    const id = 'id' in event ? `id: ${event.id}\n` : '';
    body.write(`${id}data: ${JSON.stringify(event)}\n\n`);
    // A reader that does not keep up is let go: it comes back with its cursor and loses nothing.
    if (body.writableLength > bufferBytes) left.abort();
  };

  const run = async (): Promise<void> => {
    body.write('retry: 500\n\n');
    if (isGone) send({ type: 'reset', id: String(cursor) });
    send({ type: 'ready', id: String(cursor) });
    const sentMetrics = new Map<string, string>();
    let heartbeatAt = performance.now() + heartbeatMs;
    let isWarned = false;
    while (!ended.aborted) {
      const waiting = wake.next(pollMs, ended);
      const events = await readEvents(context.db, { workspaceId: principal.workspaceId, apps, types, after: cursor, limit: batch });
      for (const event of events) {
        cursor = event.id;
        send(toStreamEvent(event));
      }
      if (topics.includes('metrics')) for (const appId of apps ?? []) await sendMetrics(appId, sentMetrics);
      const leftMs = principal.expiresAt ? principal.expiresAt.getTime() - context.now().getTime() : Number.POSITIVE_INFINITY;
      if (leftMs <= 0) break;
      if (leftMs < expiryNoticeMs && !isWarned) {
        isWarned = true;
        send({ type: 'expiring', inMs: Math.round(leftMs) });
      }
      if (performance.now() > heartbeatAt) {
        heartbeatAt = performance.now() + heartbeatMs;
        body.write(': heartbeat\n\n');
      }
      if (events.length < batch) await waiting;
    }
  };
  const sendMetrics = async (appId: string, sent: Map<string, string>): Promise<void> => {
    const metrics = await presentMetrics(context.db, appId);
    const text = JSON.stringify(metrics);
    if (sent.get(appId) === text) return;
    sent.set(appId, text);
    send({ type: 'metrics', appId, metrics });
  };
  void run().catch((error: unknown) => {
    if (!ended.aborted) context.logger.error({ err: error }, 'a stream broke');
  }).finally(() => body.end());
}

function chooseTopics(text: string | undefined, principal: Principal): Topic[] {
  const asked = text === undefined || text === '' ? allTopics.filter((topic) => principal.scopes.includes(scopeOf[topic])) : text.split(',');
  for (const topic of asked) {
    if (!(allTopics as readonly string[]).includes(topic)) throw new DomainError('invalid_request', `query.topics: there is no topic "${topic.slice(0, 40)}"; there are ${allTopics.join(', ')}`);
    if (!principal.scopes.includes(scopeOf[topic as Topic])) throw new DomainError('forbidden', `the topic ${topic} needs ${scopeOf[topic as Topic]}`);
  }
  return asked as Topic[];
}

async function chooseApps(context: HttpContext, text: string | undefined, principal: Principal): Promise<readonly string[] | undefined> {
  if (text === undefined || text === '') return principal.apps;
  const apps = text.split(',');
  for (const appId of apps) {
    const isHidden = principal.apps && !principal.apps.includes(appId);
    if (isHidden || appId.includes('\0') || !(await findApp(context.db, principal.workspaceId, appId))) throw new DomainError('app_not_found', 'query.apps names one that is not there');
  }
  return apps;
}

function toStreamEvent({ id, appId, type, payload }: StoredEvent): StreamEvent {
  const base = { id: String(id), appId };
  switch (type) {
    case 'app': return { type, ...base, app: payload as never };
    case 'app_deleted': return { type, ...base };
    case 'deployment': return { type, ...base, deployment: payload as never };
    case 'log': return { type, ...base, ...(payload as { lines: never[]; dropped: number }) };
  }
}
