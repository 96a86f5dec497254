import { randomUUID } from 'node:crypto';
import { type ErrorCode, type Problem, problems } from '@fapi/sdk/contract';
import type { Middleware } from 'koa';
import type { Logger } from '../../commands/context.ts';
import { DomainError } from '../../domain/errors.ts';
import { methods } from './broken-requests.ts';
import { findTrouble } from '../../store/disk/trouble.ts';

const requestIdPattern = /^[A-Za-z0-9_-]{8,64}$/;

/** Outermost: gives every request an id, turns every error into problem+json, and logs what we did not foresee once. */
export function writeProblems(logger: Logger): Middleware {
  return async (ctx, next) => {
    const given = ctx.get('x-request-id');
    const requestId = requestIdPattern.test(given) ? given : randomUUID();
    ctx.state['requestId'] = requestId;
    ctx.set('x-request-id', requestId);
    // An address of another form cannot even be read: everything below asks for its path.
    if (!ctx.req.url?.startsWith('/')) return writeProblem(ctx, new DomainError('invalid_request', 'the address must begin with /'), requestId);
    const startedAt = performance.now();
    try {
      await next();
      if (ctx.status === 404 && ctx.body == null) throw new DomainError('not_found');
      if (ctx.status === 405 && ctx.body == null) throw new DomainError('method_not_allowed', `it takes ${ctx.response.get('allow')}`);
      if (ctx.status === 501 && ctx.body == null) {
        ctx.set('allow', methods);
        throw new DomainError('method_not_allowed', `there is no such method here: ${methods}`);
      }
    } catch (error) {
      const known = toDomainError(error);
      if (known && known !== error && findTrouble(error)) logger.error({ reason: (error as Error).message, requestId, method: ctx.method, path: ctx.path }, 'the database refused a request');
      if (!known) logger.error({ err: withoutParameters(error), requestId, method: ctx.method, path: ctx.path }, 'a request broke');
      writeProblem(ctx, known ?? new DomainError('internal'), requestId);
    } finally {
      // Never the query or a header: they may hold what nobody should read later.
      logger.info({ requestId, method: ctx.method, path: ctx.path, status: ctx.status, ms: Math.round(performance.now() - startedAt), ...(ctx.state['caller'] ? { caller: ctx.state['caller'] as string } : {}) }, 'request');
    }
  };
}

/** A database's error carries the values of its statement: whole files, and what nobody should read later. */
function withoutParameters(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { name, message, stack } = error;
  return { name, message, stack };
}

function writeProblem(ctx: Parameters<Middleware>[0], error: DomainError, requestId: string): void {
  const { status, title } = problems[error.code];
  const problem: Problem = {
    type: `urn:fapi:problem:${error.code}`, title, status, code: error.code, requestId,
    ...(error.detail === undefined ? {} : { detail: error.detail }),
    ...(error.issues === undefined ? {} : { issues: error.issues }),
    ...(error.currentVersion === undefined ? {} : { currentVersion: error.currentVersion }),
    ...(error.conflict === undefined ? {} : { conflict: error.conflict }),
  };
  ctx.status = status;
  ctx.body = JSON.stringify(problem);
  ctx.type = 'application/problem+json';
  const retryAfter = retryAfterOf[error.code];
  if (retryAfter !== undefined) ctx.set('retry-after', retryAfter);
  if (error.code === 'rate_limited' && !ctx.response.get('retry-after')) ctx.set('retry-after', '5');
  if (status === 401) ctx.set('www-authenticate', 'Bearer');
}

/** Seconds. */
const retryAfterOf: Partial<Record<ErrorCode, string>> = { not_ready: '1', workbench_busy: '5', storage_full: '10' };
const byStatus: Record<number, ErrorCode> = { 400: 'invalid_request', 404: 'not_found', 405: 'method_not_allowed', 413: 'body_too_large', 415: 'unsupported_media_type' };

/** What libraries throw about a request is the request's fault, in our words. */
function toDomainError(error: unknown): DomainError | undefined {
  if (error instanceof DomainError) return error;
  const trouble = findTrouble(error);
  if (trouble === 'full') return new DomainError('storage_full', 'nothing was written: free space on the disk of the database, or make it larger; it goes on by itself');
  if (trouble === 'away') return new DomainError('not_ready', 'the database does not answer');
  const { status, expose, type, name, code } = (error ?? {}) as { status?: number; expose?: boolean; type?: string; name?: string; code?: unknown };
  if (typeof code === 'string' && code.startsWith('Z_')) return new DomainError('invalid_request', 'the body is not what its content-encoding says');
  if (name === 'URIError') return new DomainError('invalid_request', 'the address is not encoded right');
  if (status === undefined || status >= 500 || expose === false) return undefined;
  if (type === 'entity.parse.failed' || (status === 400 && error instanceof SyntaxError)) return new DomainError('invalid_json');
  const known = byStatus[status];
  return known && new DomainError(known);
}
