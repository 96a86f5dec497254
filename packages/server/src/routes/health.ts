import type Router from '@koa/router';
import { routes } from '@fapi/sdk/contract';
import { askPackages, askRuntime } from '../commands/ask-runner.ts';
import { makeOpenApi } from '../http/openapi.ts';
import { DomainError } from '../domain/errors.ts';
import { type HttpContext, mount } from '../http/route.ts';
import { canReadDatabase } from '../store/database/ping.ts';

export function mountHealth(router: Router, context: HttpContext): void {
  mount(router, context, routes.health.live, async () => ({ status: 'live' as const }));
  mount(router, context, routes.health.ready, async ({ koa }) => {
    const checks = { database: await canReadDatabase(context.db), storage: toCheck(context.isFull() ? 'writes are refused: the disk of the database is full' : undefined), bus: toCheck(context.bus.problem()), runner: await checkRunner(context) };
    // Neither storage nor runner: whoever asks is still read to, told `storage_full`, and can delete as long as the database has room for that (`store/disk/floors.ts`). Taken out of service, nobody would get even that, and all servers of one database at once.
    const problem = context.stopping.aborted ? 'the server is stopping' : checks.database.message ?? checks.bus.message;
    if (problem !== undefined) {
      koa.set('retry-after', '1');
      throw new DomainError('not_ready', problem);
    }
    return { status: 'ready' as const, version: context.version, checks };
  });
  mount(router, context, routes.runtime.read, () => askRuntime(context));
  mount(router, context, routes.runtime.packages, () => askPackages(context));
  const document = makeOpenApi(context.version);
  mount(router, context, routes.health.openapi, async () => document);
}

const toCheck = (problem: string | undefined): { ok: boolean; message?: string } => (problem === undefined ? { ok: true } : { ok: false, message: problem });

/** For the reader only: a server without a controller still saves drafts. */
async function checkRunner(context: HttpContext): Promise<{ ok: boolean; message?: string }> {
  try {
    await askRuntime(context);
    return { ok: true };
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : 'no answer' };
  }
}
