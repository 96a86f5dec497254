import { findPathProblem, type Person, presenceMs } from '@fapi/sdk/contract';
import { DomainError } from '../../domain/errors.ts';
import { deletePage, listPages, putPage } from '../../store/apps/presence.ts';
import type { Database } from '../../store/schema.ts';
import type { Actor, Context } from '../context.ts';
import { getApp } from '../get-app.ts';

/** Who has which app open, as the rows say it: what any server of the database was told. Read once a second however many follow, and at once when this server was told something. */
export interface Presence {
  /** The people of each app of the workspace that somebody has open. */
  look(workspaceId: string): Promise<ReadonlyMap<string, readonly Person[]>>;
  outdate(): void;
}

const lookMs = 1_000;

export function createPresence(db: Database, now: () => Date): Presence {
  let read: Promise<Awaited<ReturnType<typeof listPages>>> | undefined;
  let readAt = 0;
  const outdate = (): void => { read = undefined; };
  return {
    outdate,
    async look(workspaceId) {
      if (!read || now().getTime() - readAt >= lookMs) {
        readAt = now().getTime();
        read = listPages(db, new Date(readAt - presenceMs));
        read.catch(outdate);
      }
      const people = new Map<string, Person[]>();
      for (const { appId, page, subject, path, ...of } of await read) {
        if (of.workspaceId !== workspaceId) continue;
        people.set(appId, [...people.get(appId) ?? [], { page, subject, ...(path === undefined ? {} : { path }) }]);
      }
      return people;
    },
  };
}

type WithPresence = Context & { readonly presence: Presence };

/** Nothing is audited, and no row of the app is touched: a page says so again every 20 s. Others are shown the path: what no draft can have, such as a name that turns their line around, is refused with `invalid_request`. */
export async function enterApp(context: WithPresence, actor: Actor, appId: string, page: string, path: string | undefined): Promise<void> {
  if (path !== undefined && findPathProblem(path)) throw new DomainError('invalid_request', 'it is no path of a file', { issues: [{ path: '/path', message: 'is no path of a file' }] });
  const app = await getApp(context, actor, appId);
  await putPage(context.db, { appId: app.id, subject: actor.subject, page, path }, context.now());
  tell(context);
}

export async function leaveApp(context: WithPresence, actor: Actor, appId: string, page: string): Promise<void> {
  const app = await getApp(context, actor, appId);
  await deletePage(context.db, { appId: app.id, subject: actor.subject, page });
  tell(context);
}

function tell(context: WithPresence): void {
  context.presence.outdate();
  context.wakeStreams();
}
