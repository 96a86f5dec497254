import type Router from '@koa/router';
import { type AuditEntry, routes } from '@fapi/sdk/contract';
import { readCursor, writeCursor } from '../http/cursor.ts';
import { type HttpContext, mount } from '../http/route.ts';
import { type AuditRow, listAudit } from '../store/history/audit.ts';

/** Who wrote what. */
export function mountAudit(router: Router, context: HttpContext): void {
  mount(router, context, routes.audit.list, async ({ principal, query: { cursor, limit, since, ...filter } }) => {
    const below = Number(readCursor(cursor)?.[1] ?? Number.NaN);
    const rows = await listAudit(context.db, principal, { ...filter, since: since === undefined ? undefined : new Date(since), below: Number.isSafeInteger(below) ? Math.max(0, below) : undefined, limit: limit + 1 });
    const last = rows[limit - 1];
    return { items: rows.slice(0, limit).map(present), ...(rows.length > limit && last ? { nextCursor: writeCursor(last.at.toISOString(), String(last.id)) } : {}) };
  });
}

const present = ({ id, at, subject, kind, action, app_id, reason, request_id }: AuditRow): AuditEntry => ({
  id: String(id), at: at.toISOString(), subject, kind, action, ...(app_id === null ? {} : { appId: app_id }), ...(reason === null ? {} : { reason }), ...(request_id === null ? {} : { requestId: request_id }),
});
