import type Router from '@koa/router';
import { type BodyOf, type HeadersOf, isWrite, type Issue, type ParamsOf, type QueryOf, type ResponseOf, type Route } from '@fapi/sdk/contract';
import type { Context as KoaContext } from 'koa';
import * as z from 'zod/mini';
import type { Actor, Context } from '../commands/context.ts';
import type { Presence } from '../commands/apps/presence.ts';
import { DomainError } from '../domain/errors.ts';
import type { Principal } from '../domain/access/principal.ts';
import { isStorable, toStorable } from '../store/json.ts';
import { admit, type Gate } from './access/admit.ts';
import { readBytes, zipType } from './bodies/zip-body.ts';
import type { Bodies, Body } from './bodies/bodies.ts';
import { placeOf, sayIssue, toIssues, type Where } from './problems/issue-words.ts';
import { readJson } from './bodies/json-body.ts';
import type { OpenStreams } from './access/open-streams.ts';
import { findUnknownNames } from './bodies/unknown-names.ts';

export interface HttpContext extends Context, Gate {
  readonly openStreams: OpenStreams;
  readonly bodies: Bodies;
  /** Who has which app open. */
  readonly presence: Presence;
  readonly allowUnsafe: boolean;
  readonly version: string;
  readonly startedAt: Date;
  readonly stopping: AbortSignal;
  /** Writes are refused, because the disk of the database is full. */
  isFull(): boolean;
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

export type Handler<R extends Route> = (incoming: Incoming<R>) => Promise<R['response'] extends 'event-stream' | 'bytes' | 'socket' ? void : ResponseOf<R>>;

/** Puts one row of the table on the router: input checked, access checked, answer checked. What the contract does not name never leaves. */
export function mount<R extends Route>(router: Router, context: HttpContext, route: R, handler: Handler<R>): void {
  const register = { GET: router.get, POST: router.post, PUT: router.put, PATCH: router.patch, DELETE: router.delete }[route.method].bind(router);
  register(route.path, async (koa) => {
    const principal = route.access === 'public' ? undefined : await admit(context, route, koa as unknown as KoaContext);
    const body = context.bodies.begin(principal);
    try {
      await answer(koa as unknown as KoaContext & { params: unknown }, principal, body);
    } finally {
      body.end();
    }
  });

  async function answer(koa: KoaContext & { params: unknown }, principal: Principal | undefined, body: Body): Promise<void> {
    const params = parse(route.params, koa.params, 'path');
    const { 'idempotency-key': idempotencyKey } = isWrite(route) ? (parse(IdempotencyHeader, koa.headers, 'header') as z.infer<typeof IdempotencyHeader>) : {};
    const incoming = {
      context, koa, params,
      principal: principal && { ...principal, idempotencyKey, requestId: koa.state['requestId'] as string },
      query: parseQuery(route, koa.query),
      headers: parse(route.headers, koa.headers, 'header'),
      body: route.bodyType === 'zip' ? await readBytes(koa, body) : route.body && parse(route.body, await readJson(koa, body), 'body'),
    } as unknown as Incoming<R>;
    const answered = await handler(incoming).catch((error: unknown) => Promise.reject(hideConflict(error, principal)));
    // They have an answer of their own.
    if (route.response === 'event-stream' || route.response === 'bytes' || route.response === 'socket') return;
    koa.status = route.status;
    if (route.response === undefined) return;
    if (route.response === 'zip') {
      koa.type = zipType;
      koa.body = answered;
      return;
    }
    const checked = z.safeParse(route.response, answered);
    if (!checked.success) throw new Error(`${route.method} ${route.path} answers against its contract: ${z.prettifyError(checked.error)}`);
    koa.type = 'application/json';
    koa.body = JSON.stringify(checked.data);
  }
}

/** A conflict holds drafts: not for who may write one, or deploy one, and may not read it. */
function hideConflict(error: unknown, principal: Principal | undefined): unknown {
  if (!(error instanceof DomainError) || error.conflict === undefined || principal?.scopes.includes('drafts:read')) return error;
  const { code, detail, currentVersion } = error;
  return new DomainError(code, detail, currentVersion === undefined ? {} : { currentVersion });
}

function parse(schema: z.ZodMiniType | undefined, value: unknown, where: Where): unknown {
  if (!schema) return undefined;
  const parsed = z.safeParse(schema, value, { error: sayIssue });
  if (!parsed.success) throw invalid(toIssues(parsed.error, where));
  const unknown = where === 'body' ? findUnknownNames(schema, value, parsed.data) : [];
  if (unknown.length > 0) throw invalid(unknown);
  return checkText(parsed.data, where);
}

const invalid = (issues: Issue[]): DomainError => new DomainError('invalid_request', issues[0] && `${issues[0].path}: ${issues[0].message}`, { issues });

/** A misspelt parameter would be a filter that lets everything through. */
function parseQuery({ query: schema }: Route, query: object): unknown {
  const known = Object.keys(schema?.shape ?? {});
  const message = `is no parameter of this address: ${known.length === 0 ? 'it takes none' : `it takes ${known.join(', ')}`}`;
  const issues = Object.keys(query).filter((name) => !known.includes(name)).slice(0, 20).map((name) => ({ path: placeOf('query', [name.toWellFormed().replaceAll('\0', '\uFFFD').slice(0, 40)]), message }));
  if (issues.length > 0) throw invalid(issues);
  return parse(schema, query, 'query');
}

/** Postgres stores no NUL and no half of a surrogate pair: refuse them here, where their place is known. Files and variables have rules of their own. */
function checkText(value: unknown, where: Where): unknown {
  const place = findUnstorable(value);
  if (place === undefined) return value;
  throw invalid([{ path: where === 'body' ? place : `${where}${place.replaceAll('/', '.')}`, message: 'holds a NUL character or half of a surrogate pair' }]);
}

function findUnstorable(value: unknown): string | undefined {
  if (typeof value === 'string') return isStorable(value) ? undefined : '';
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [key, part] of Object.entries(value)) {
    if (key === 'files' || key === 'put' || key === 'variables') continue;
    const place = findUnstorable(part);
    if (place !== undefined || !isStorable(key)) return `/${toStorable(key)}${place ?? ''}`;
  }
  return undefined;
}
