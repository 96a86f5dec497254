import type Router from '@koa/router';
import { type BodyOf, type HeadersOf, isWrite, type Issue, type ParamsOf, type QueryOf, type ResponseOf, type Route } from '@fapi/sdk/contract';
import type { Context as KoaContext } from 'koa';
import * as z from 'zod/mini';
import type { Actor, Context } from '../commands/context.ts';
import { DomainError } from '../domain/errors.ts';
import type { Principal } from '../domain/principal.ts';
import { admit, type Gate } from './admit.ts';
import { readBytes, zipType } from './archive.ts';
import { readJson } from './json-body.ts';
import type { OpenStreams } from './open-streams.ts';

export interface HttpContext extends Context, Gate {
  readonly openStreams: OpenStreams;
  readonly allowUnsafe: boolean;
  readonly version: string;
  readonly startedAt: Date;
  readonly stopping: AbortSignal;
}

export interface Incoming<R extends Route> {
  context: HttpContext;
  /** Who acts, and as which call. Undefined on public routes only. */
  principal: Principal & Actor;
  params: ParamsOf<R>;
  query: QueryOf<R>;
  headers: HeadersOf<R>;
  body: BodyOf<R>;
  koa: KoaContext;
}

/** Of every route that writes: sent again with the same key, a call is answered as it was the first time. */
export const IdempotencyHeader = z.object({ 'idempotency-key': z.optional(z.string().check(z.regex(/^[\x21-\x7e]{1,200}$/, 'a key is 1 to 200 visible ASCII characters'))) });

export type Handler<R extends Route> = (incoming: Incoming<R>) => Promise<R['response'] extends 'event-stream' | 'bytes' ? void : ResponseOf<R>>;

/** Puts one row of the table on the router: input checked, access checked, answer checked. What the contract does not name never leaves. */
export function mount<R extends Route>(router: Router, context: HttpContext, route: R, handler: Handler<R>): void {
  const register = { GET: router.get, POST: router.post, PUT: router.put, PATCH: router.patch, DELETE: router.delete }[route.method].bind(router);
  register(route.path, async (koa) => {
    const principal = route.access === 'public' ? undefined : await admit(context, route, koa as unknown as KoaContext);
    const params = parse(route.params, koa.params, 'path', 'invalid_request');
    const { 'idempotency-key': idempotencyKey } = isWrite(route) ? (parse(IdempotencyHeader, koa.headers, 'header', 'invalid_request') as z.infer<typeof IdempotencyHeader>) : {};
    const incoming = {
      context, koa, params,
      principal: principal && { ...principal, idempotencyKey, requestId: koa.state['requestId'] as string },
      query: parse(route.query, koa.query, 'query', 'invalid_request'),
      headers: parse(route.headers, koa.headers, 'header', 'invalid_request'),
      body: route.bodyType === 'zip' ? await readBytes(koa as unknown as KoaContext) : route.body && parse(route.body, await readJson(koa as unknown as KoaContext), 'body', 'invalid_request'),
    } as unknown as Incoming<R>;
    const answer = await handler(incoming).catch((error: unknown) => Promise.reject(hideConflict(error, principal)));
    // They have an answer of their own.
    if (route.response === 'event-stream' || route.response === 'bytes') return;
    koa.status = route.status;
    if (route.response === undefined) return;
    if (route.response === 'zip') {
      koa.type = zipType;
      koa.body = answer;
      return;
    }
    const checked = z.safeParse(route.response, answer);
    if (!checked.success) throw new Error(`${route.method} ${route.path} answers against its contract: ${z.prettifyError(checked.error)}`);
    koa.type = 'application/json';
    koa.body = JSON.stringify(checked.data);
  });
}

/** A conflict holds drafts: not for who may write one, or deploy one, and may not read it. */
function hideConflict(error: unknown, principal: Principal | undefined): unknown {
  if (!(error instanceof DomainError) || error.conflict === undefined || principal?.scopes.includes('drafts:read')) return error;
  const { code, detail, currentVersion } = error;
  return new DomainError(code, detail, currentVersion === undefined ? {} : { currentVersion });
}

/** What zod/mini says of everything. */
const noWords = 'Invalid input';

function parse(schema: z.ZodMiniType | undefined, value: unknown, where: 'path' | 'query' | 'header' | 'body', code: 'invalid_request'): unknown {
  if (!schema) return undefined;
  const parsed = z.safeParse(schema, value);
  if (parsed.success) return checkText(parsed.data, where);
  const issues: Issue[] = parsed.error.issues.slice(0, 20).map((issue) => ({ path: where === 'body' ? `/${issue.path.map(String).join('/')}` : `${where}.${issue.path.map(String).join('.')}`, message: issueText(issue) }));
  throw new DomainError(code, issues[0] && `${issues[0].path}: ${issues[0].message}`, { issues });
}

/** The contract's own words where it has some. zod/mini brings no prose: else the code and what was expected are the message. */
function issueText(issue: z.core.$ZodIssue): string {
  if (issue.message !== noWords) return issue.message;
  const fields = issue as unknown as Record<string, unknown>;
  const facts = ['expected', 'format', 'minimum', 'maximum', 'values', 'keys'].flatMap((name) => fields[name] === undefined ? [] : `${name} ${JSON.stringify(fields[name])}`);
  return [issue.code.replaceAll('_', ' '), ...facts].join(', ');
}

/** Postgres stores no NUL and no half of a surrogate pair: refuse them here, where their place is known. Files and variables have rules of their own. */
function checkText(value: unknown, where: string): unknown {
  const place = findUnstorable(value);
  if (place === undefined) return value;
  const path = where === 'body' ? place : `${where}${place.replaceAll('/', '.')}`;
  throw new DomainError('invalid_request', `${path}: holds a NUL character or half of one`, { issues: [{ path, message: 'holds a NUL character or half of a surrogate pair' }] });
}

function findUnstorable(value: unknown): string | undefined {
  if (typeof value === 'string') return value.isWellFormed() && !value.includes('\0') ? undefined : '';
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [key, part] of Object.entries(value)) {
    if (key === 'files' || key === 'put' || key === 'variables') continue;
    const place = findUnstorable(part);
    if (place !== undefined) return `/${key}${place}`;
  }
  return undefined;
}
