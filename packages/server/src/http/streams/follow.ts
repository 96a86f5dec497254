import { once } from 'node:events';
import type { PassThrough } from 'node:stream';
import type { StreamEvent, Topic } from '@fapi/sdk/contract';
import { presentMetrics } from '../../commands/present-app.ts';
import { isLimited, type Principal } from '../../domain/access/principal.ts';
import { findToken } from '../../store/access/embed-tokens.ts';
import { listHeard } from '../../store/access/sight.ts';
import { readEvents, type StoredEvent } from '../../store/history/events.ts';
import { listMeasured } from '../../store/wishes/metrics.ts';
import type { HttpContext } from '../route.ts';
import type { Wake } from './wake.ts';

/** What a reader may leave unread before we wait for it. */
export const bufferBytes = 1_000_000;
/** How long we wait for a reader that reads nothing at all. */
const stalledMs = 5_000;
const [heartbeatMs, pollMs, metricsMs, expiryNoticeMs] = [15_000, 1_000, 1_000, 10_000];
const batch = 50;
const typesOf: Record<Topic, readonly string[]> = { apps: ['app', 'app_deleted'], deployments: ['deployment'], logs: ['log'], metrics: [] };

export interface Following {
  principal: Principal;
  topics: readonly Topic[];
  /** The apps that the reader named; all that its token may see when it named none. */
  named: readonly string[] | undefined;
  cursor: number;
  isGone: boolean;
  body: PassThrough;
  ended: AbortSignal;
}

/** Writes what is kept after the cursor, then what comes, until the reader or its token ends. Resolves when it is over. */
export async function followEvents(context: HttpContext, wake: Wake, { principal, topics, named, cursor, isGone, body, ended }: Following): Promise<void> {
  const { workspaceId } = principal;
  const types = topics.flatMap((topic) => typesOf[topic]);
  const sentMetrics = new Map<string, string>();
  const sentPeople = new Map<string, string>();
  let heartbeatAt = performance.now() + heartbeatMs;
  let metricsAt = performance.now();
  let measuredSince = new Date(0);
  let isWarned = false;

  const send = async (event: StreamEvent): Promise<void> => {
    const id = 'id' in event ? `id: ${event.id}\n` : '';
    if (!body.write(`${id}data: ${JSON.stringify(event)}\n\n`)) await once(body, 'drain', { signal: AbortSignal.any([ended, AbortSignal.timeout(stalledMs)]) });
  };
  const sendMetrics = async (apps: readonly string[] | undefined): Promise<void> => {
    const at = context.now();
    for (const appId of await listMeasured(context.db, { workspaceId, apps, since: measuredSince })) {
      const metrics = await presentMetrics(context.db, appId);
      const text = JSON.stringify(metrics);
      if (sentMetrics.get(appId) !== text) await send({ type: 'metrics', appId, metrics });
      sentMetrics.set(appId, text);
    }
    // Another server's clock may be behind ours: look back further than one round.
    measuredSince = new Date(at.getTime() - 10 * metricsMs);
  };

  const sendPeople = async (apps: readonly string[] | undefined): Promise<void> => {
    const present = await context.presence.look(workspaceId);
    for (const appId of new Set([...present.keys(), ...sentPeople.keys()])) {
      const people = apps && !apps.includes(appId) ? [] : (present.get(appId) ?? []);
      const text = JSON.stringify(people);
      if ((sentPeople.get(appId) ?? '[]') !== text) await send({ type: 'presence', appId, people: [...people] });
      if (people.length > 0) sentPeople.set(appId, text);
      else sentPeople.delete(appId);
    }
  };

  try {
    body.write('retry: 500\n\n');
    if (isGone) await send({ type: 'reset', id: String(cursor) });
    await send({ type: 'ready', id: String(cursor) });
    while (!ended.aborted) {
      const waiting = wake.next(pollMs, ended);
      const apps = await appsOf(context, principal, named);
      const events = await readEvents(context.db, { workspaceId, apps, types, after: cursor, limit: batch });
      for (const event of events) {
        await send(toStreamEvent(event));
        cursor = event.id;
      }
      if (topics.includes('apps')) await sendPeople(apps);
      if (topics.includes('metrics') && performance.now() >= metricsAt) {
        metricsAt = performance.now() + metricsMs;
        await sendMetrics(apps);
      }
      const leftMs = principal.expiresAt ? principal.expiresAt.getTime() - context.now().getTime() : Number.POSITIVE_INFINITY;
      if (leftMs <= 0) return;
      if (leftMs < expiryNoticeMs && !isWarned) {
        isWarned = true;
        await send({ type: 'expiring', inMs: Math.round(leftMs) });
      }
      if (performance.now() > heartbeatAt) {
        heartbeatAt = performance.now() + heartbeatMs;
        body.write(': heartbeat\n\n');
      }
      if (events.length < batch) await waiting;
    }
  } catch (error) {
    if (ended.aborted) return;
    if ((error as Error).name !== 'AbortError') throw error;
    // It comes back with its cursor and loses nothing.
    context.logger.info({ workspaceId }, 'a stream was ended: its reader does not read');
    body.destroy();
  }
}

/** Asked again and again, also for apps that were named: a token gets the apps that it creates, an app gets other labels, and a user other grants, while the stream is open. */
async function appsOf({ db }: HttpContext, principal: Principal, named: readonly string[] | undefined): Promise<readonly string[] | undefined> {
  if (!isLimited(principal)) return named;
  const apps = principal.apps && principal.tokenHash ? ((await findToken(db, principal.tokenHash))?.apps ?? []) : undefined;
  return listHeard(db, { ...principal, apps }, named);
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
