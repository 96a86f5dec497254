import { createReadStream, rmSync } from 'node:fs';
import { mkdir, rm, stat } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type Router from '@koa/router';
import { routes } from '@fapi/sdk/contract';
import { writeBackup } from '../backup/write-backup.ts';
import { type HttpContext, mount } from '../http/route.ts';
import { untilClosed } from '../http/until-gone.ts';
import { audit } from '../store/history/audit.ts';

/** Written to a file first: a slow reader must not hold a transaction open, and what fails halfway is an error and no half file. */
export function mountBackup(router: Router, context: HttpContext, dataDir: string): void {
  const folder = join(dataDir, 'backup-under-way');
  // Of a server that was killed.
  rmSync(folder, { recursive: true, force: true });
  let last: Promise<unknown> = Promise.resolve();
  mount(router, context, routes.backup.read, async ({ principal, koa }) => {
    const at = context.now();
    await context.db.transaction().execute((tx) => audit(tx, { ...principal, action: 'backup.read' }, at));
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const file = join(folder, `${randomUUID()}.gz`);
    const closed = untilClosed(koa);
    // One at a time: each takes as much of the disk as all that is kept. Nothing is written for whoever has left.
    const writing = last.then(() => (closed.aborted ? undefined : writeBackup(context.db, file, at, closed)));
    last = writing.catch(() => undefined);
    await writing.catch((error: unknown) => {
      if (!closed.aborted) throw error;
    });
    // It may have ended just before it was told: then there is a file, and nobody to read it.
    if (closed.aborted) return rm(file, { force: true });
    closed.addEventListener('abort', () => void rm(file, { force: true }), { once: true });
    koa.status = 200;
    koa.set({ 'content-disposition': `attachment; filename="fapi-${at.toISOString().replaceAll(/[:.]/g, '-')}.backup.gz"`, 'content-length': String((await stat(file)).size) });
    koa.type = 'application/octet-stream';
    koa.body = createReadStream(file);
  });
}
