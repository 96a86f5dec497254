import { createClient, type FapiClient } from '@fapi/sdk';
import { isAtLeast, readEntries } from '@fapi/sdk/contract';
import type { App, AppFile, AppLimits, Conversion, Deployment, Diff, Draft, DryImport, Environment, Finding, Issue, LogLevel, LogLine, Revision, RuntimePackages, StreamEvent, TestRun, TryAnswer, TryRequest, Unpacked } from '@fapi/sdk/contract';
import { makeLanguagePeer, type LanguagePeer } from './language-peer.ts';

/** A peer that speaks the contract at the HTTP boundary, inside the page: enough of a server for the elements. */
export interface Responder {
  readonly client: FapiClient;
  /** Answers as it does to its own client: for one that the page makes itself. */
  readonly fetch: typeof globalThis.fetch;
  /** What speaks for the language servers; of the responder that was made last. */
  readonly language: LanguagePeer;
  /** Of every request, oldest first. */
  readonly urls: URL[];
  readonly seen: { method: string; path: string; body: unknown }[];
  /** Where the page said that it is, until it has left. */
  presence: { page: string; path?: string } | undefined;
  draft: Draft;
  findings: Finding[];
  /** What importing the draft shows; absent for those who may only read. */
  dryImport: DryImport | undefined;
  /** What is proposed as several files, or an open question; the reasons of a refusal instead. */
  conversion: Promise<Pick<Conversion, 'files' | 'kept' | 'routes'> | Issue[]> | undefined;
  /** How a run of the tests ends. */
  testRun: Promise<Omit<TestRun, 'draftVersion' | 'digest'>> | undefined;
  revisions: Revision[];
  deployments: Deployment[];
  /** What the server finds in an archive. */
  unpacked: Unpacked;
  /** What each of them was frozen with. */
  revisionFiles: AppFile[];
  /** What the list says, and what can be restored. */
  apps: App[];
  deleted: App[];
  diff: Diff | undefined;
  environment: Environment;
  limits: AppLimits;
  packages: RuntimePackages;
  /** What was printed until now, as the server keeps it. */
  lines: LogLine[];
  /** What the live app answers to each request that is tried; a promise that stays open is an app that does not answer. */
  app: (request: TryRequest) => Partial<TryAnswer> | Promise<Partial<TryAnswer>>;
  send(event: StreamEvent): void;
  /** Requests to this path, or of this method to it (`PUT /v1/…`), are answered with this problem from now on. */
  refuse(path: string, status: number, code: string, issues?: readonly Issue[], retryAfterS?: number): void;
  /** Requests to this path, or of this method to it, are not answered until they are let go by what is handed back. */
  hold(path: string): () => void;
  /** Nobody is there any more, or somebody is again; what is open is cut. */
  setAway(isAway: boolean): void;
  /** No request to this path is refused any more. */
  accept(path: string): void;
  /** Somebody else saves the draft, and the stream tells. */
  saveElsewhere(files: AppFile[]): void;
  /** How many streams are open. */
  readonly openStreams: number;
  /** Whose token it is. */
  subject: string;
}

const at = '2026-11-24T10:00:00.000Z';
export const appId = 'app_test';

export function makeDeployment(change: Partial<Deployment> = {}): Deployment {
  return { id: 'dep_1', appId, generation: 1, revision: 'sha256:00', draftVersion: 1, envVersion: 0, trigger: 'deploy', status: 'queued', stages: [{ name: 'queued', startedAt: at }], url: 'http://hello-abc.localhost:8788/', createdAt: at, createdBy: 'tester', ...change };
}

export function makeRevision(number: number, change: Partial<Revision> = {}): Revision {
  return { digest: `sha256:${String(number).padStart(64, '0')}`, appId, number, createdAt: at, createdBy: 'tester', files: 1, bytes: 8, lock: 'curated', isLive: false, isLastGood: false, pinned: false, outcome: 'stopped', ...change };
}

export function makeDiff(change: Partial<Diff> = {}): Diff {
  const side = { kind: 'revision', digest: 'sha256:00', envVersion: 1, isLive: false } as const;
  return {
    appId, from: side, to: side,
    files: [{ path: 'main.py', change: 'changed', addedLines: 2, removedLines: 1, patch: '--- a/main.py\n+++ b/main.py\n@@ -1,2 +1,3 @@\n import os\n-a = 1\n+a = 2\n+b = 3\n@@ -9,1 +10,1 @@\n end = 1\n' }],
    environment: { isKnown: true, added: ['REGION'], removed: [], changed: [] },
    dependencies: { fromLock: 'curated', toLock: 'curated', added: [], removed: [], changed: [{ name: 'httpx', from: '>=1', to: '>=2' }] },
    api: { isKnown: true, routes: [{ method: 'GET', path: '/items', change: 'changed', isBreaking: true, reasons: [{ isBreaking: true, message: 'a required parameter is new' }] }, { method: 'POST', path: '/items', change: 'added', isBreaking: false, reasons: [] }], schemas: [{ name: 'Item', change: 'removed', isBreaking: true, reasons: [] }] },
    ...change,
  };
}

export function makeApp(change: Partial<App> = {}): App {
  return { id: appId, title: 'Hello', host: 'hello-abc', url: 'http://hello-abc.localhost:8788/', previewUrl: 'http://hello-abc--preview.localhost:8788/', createdAt: at, createdBy: 'tester', labels: [], draftVersion: 1, draftSavedAt: at, settings: { exclusive: false, idleFreezeS: null, idleStopS: null, rollbackOn5xx: null }, freshness: 'never_deployed', changes: { code: false, environment: false, dependencies: false, settings: false }, rollout: 'idle', health: 'unknown', ...change };
}

/** What an app answers, as the server tells it. */
export function makeAnswer(change: Partial<TryAnswer> = {}): TryAnswer {
  const body = change.body ?? '{"ok":true}';
  return { status: 200, headers: [['content-type', 'application/json']], body, bodyEncoding: 'utf8', bodyBytes: body.length, isTruncated: false, sentAt: at, durationMs: 12.3, revision: 'sha256:00', ...change };
}

export function makeResponder(files: AppFile[] = [{ path: 'main.py', content: 'app = 1\n' }], app: Partial<App> = {}): Responder {
  const encoder = new TextEncoder();
  const streams = new Set<ReadableStreamDefaultController<Uint8Array>>();
  const held = new Map<string, Promise<void>>();
  const refusals = new Map<string, { status: number; code: string; issues?: readonly Issue[]; retryAfterS?: number }>();
  let lastId = 0;
  let isAway = false;
  const write = (event: StreamEvent): void => {
    for (const stream of streams) stream.enqueue(encoder.encode(`${'id' in event ? `id: ${event.id}\n` : ''}data: ${JSON.stringify(event)}\n\n`));
  };
  const json = (body: unknown, status = 200, type = 'application/json'): Response => new Response(JSON.stringify(body), { status, headers: { 'content-type': type } });
  const ownApp = (): App => makeApp({ draftVersion: responder.draft.version, ...app });
  const conflict = (): Response => json({ type: 'about:blank', title: 'Conflict', status: 409, code: 'draft_conflict', requestId: 'req-409', currentVersion: responder.draft.version }, 409, 'application/problem+json');
  const responder: Responder = {
    language: makeLanguagePeer(),
    seen: [],
    urls: [],
    findings: [],
    dryImport: undefined,
    conversion: undefined,
    testRun: undefined,
    subject: 'tester',
    revisions: [], deployments: [],
    revisionFiles: [],
    unpacked: { files: [], leftOut: [] },
    apps: [],
    deleted: [],
    diff: undefined,
    environment: { appId, version: 0, variables: [] },
    limits: { memoryMiB: { own: null, limit: 1_536, used: 40.2, default: 1_536, minimum: 64, maximum: 65_536 }, folderMiB: { own: 64, limit: 64, default: 512, minimum: 16, maximum: 65_536 } },
    presence: undefined,
    lines: [],
    packages: { python: '3.13.1', packages: [{ name: 'fastapi', version: '0.165.0' }, { name: 'httpx', version: '0.28.1' }] },
    app: () => ({ status: 404, body: '{"detail":"Not Found"}' }),
    draft: { appId, version: 1, files, savedAt: at, savedBy: 'tester' },
    send: (event) => write('id' in event ? { ...event, id: String(++lastId) } : event),
    refuse: (path, status, code, issues, retryAfterS) => void refusals.set(path, { status, code, ...(issues ? { issues } : {}), ...(retryAfterS === undefined ? {} : { retryAfterS }) }),
    hold(path) {
      const { promise, resolve } = Promise.withResolvers<void>();
      held.set(path, promise);
      return () => {
        held.delete(path);
        resolve();
      };
    },
    setAway(away) {
      isAway = away;
      if (!away) return;
      for (const stream of streams) stream.error(new TypeError('network error'));
      streams.clear();
    },
    accept: (path) => void refusals.delete(path),
    saveElsewhere(elsewhere) {
      responder.draft = { ...responder.draft, version: responder.draft.version + 1, files: elsewhere, savedBy: 'somebody else' };
      responder.send({ type: 'app', id: '', appId, app: ownApp() });
    },
    get openStreams() {
      return streams.size;
    },
    client: undefined as never,
    fetch: (input, init) => answer(new Request(input, init)),
  };
  const answer = async (request: Request): Promise<Response> => {
    if (isAway) throw new TypeError('Failed to fetch');
    const path = new URL(request.url).pathname;
    const body: unknown = request.method === 'GET' ? undefined : await request.json().catch(() => undefined);
    // Said again and again, and nothing follows from it.
    const page = /\/presence\/(.+)$/.exec(path)?.[1];
    if (page !== undefined) {
      responder.presence = request.method === 'DELETE' ? undefined : { page, ...(body as { path?: string }) };
      return new Response(null, { status: 204 });
    }
    responder.urls.push(new URL(request.url));
    responder.seen.push({ method: request.method, path, body });
    const wait = held.get(path) ?? held.get(`${request.method} ${path}`);
    if (wait) await Promise.race([wait, new Promise((_, reject) => { request.signal.addEventListener('abort', () => reject(request.signal.reason)); })]);
    const refusal = refusals.get(path) ?? refusals.get(`${request.method} ${path}`);
    if (refusal) {
      const { retryAfterS, ...problem } = refusal;
      const refused = json({ type: 'about:blank', title: 'Refused', requestId: 'req-123', ...problem }, refusal.status, 'application/problem+json');
      if (retryAfterS !== undefined) refused.headers.set('retry-after', String(retryAfterS));
      return refused;
    }
    if (path === '/v1/events') {
      let own: ReadableStreamDefaultController<Uint8Array>;
      const stream = new ReadableStream<Uint8Array>({
        start(controller) {
          own = controller;
          streams.add(controller);
          request.signal.addEventListener('abort', () => {
            if (streams.delete(own)) own.error(request.signal.reason);
          });
          controller.enqueue(encoder.encode(`id: ${lastId}\ndata: ${JSON.stringify({ type: 'ready', id: String(lastId) })}\n\n`));
        },
        cancel: () => void streams.delete(own),
      });
      return new Response(stream, { headers: { 'content-type': 'text/event-stream' } });
    }
    if (path === '/v1/session') return json({ kind: 'embed', subject: responder.subject, workspaceId: 'default', scopes: [], limits: { apps: { used: 0 } } });
    if (path === '/v1/health/live') return json({ status: 'ok' });
    if (path === `/v1/apps/${appId}/logs`) return json({ lines: linesFor(responder.lines, new URL(request.url).searchParams) });
    // As the contract has it: who asks for more gets nothing.
    if (Number(new URL(request.url).searchParams.get('limit') ?? 0) > 100) return json({ type: 'about:blank', title: 'Refused', status: 400, code: 'invalid_request', requestId: 'req-400' }, 400, 'application/problem+json');
    const listed = answerOfList(responder, request, path, body);
    if (listed !== undefined) return listed === null ? new Response(null, { status: 204 }) : json(listed, request.method === 'POST' ? 201 : 200);
    if (path === `/v1/apps/${appId}/diff` && responder.diff) return json(responder.diff);
    if (path === `/v1/apps/${appId}` && request.method === 'PATCH') {
      app.settings = { ...ownApp().settings, ...(body as { settings?: Partial<App['settings']> }).settings };
      responder.send({ type: 'app', id: '', appId, app: ownApp() });
      return json(ownApp());
    }
    if (path === `/v1/apps/${appId}` && request.method === 'DELETE') {
      responder.deleted.unshift({ ...ownApp(), restorableUntil: at });
      responder.send({ type: 'app_deleted', id: '', appId });
      return new Response(null, { status: 204 });
    }
    if (path === `/v1/apps/${appId}`) return json(ownApp());
    if (path === `/v1/apps/${appId}/draft/unpack`) return json(responder.unpacked);
    if (path === `/v1/apps/${appId}/draft/export`) return new Response(JSON.stringify(responder.draft.files), { headers: { 'content-type': 'application/zip' } });
    if (path === `/v1/apps/${appId}/draft`) {
      if (request.method !== 'PATCH') return json(responder.draft);
      if (request.headers.get('if-match') !== `"${responder.draft.version}"`) return conflict();
      responder.draft = { ...responder.draft, version: responder.draft.version + 1, files: patched(responder.draft.files, body as Patch) };
      return json(responder.draft);
    }
    if (path === `/v1/apps/${appId}/validate`) return json({ draftVersion: responder.draft.version, digest: 'sha256:00', findings: responder.findings, durationMs: 1, ...(responder.dryImport ? { dryImport: responder.dryImport } : {}) });
    if (path === `/v1/apps/${appId}/test` && responder.testRun) return json({ draftVersion: responder.draft.version, digest: 'sha256:00', ...await responder.testRun });
    if (path === `/v1/apps/${appId}/convert` && responder.conversion) {
      const made = await responder.conversion;
      if (Array.isArray(made)) return json({ type: 'about:blank', title: 'Refused', status: 422, code: 'conversion_refused', requestId: 'req-422', issues: made }, 422, 'application/problem+json');
      return json({ draftVersion: responder.draft.version, digest: 'sha256:00', durationMs: 1, ...made });
    }
    if (path === `/v1/apps/${appId}/try`) return json(makeAnswer(await responder.app(body as TryRequest)));
    if (path === `/v1/apps/${appId}/metrics`) return json({ appId, requests: 0, status2xx: 0, status3xx: 0, status4xx: 0, status5xx: 0, inFlight: 0, bytesOut: 0 });
    if (path === `/v1/apps/${appId}/revisions`) {
      const [from, limit] = ['cursor', 'limit'].map((name) => Number(new URL(request.url).searchParams.get(name) ?? 0)) as [number, number];
      return json({ items: responder.revisions.slice(from, from + limit), ...(responder.revisions.length > from + limit ? { nextCursor: String(from + limit) } : {}) });
    }
    const ofFiles = /\/revisions\/([^/]+)\/files$/.exec(path);
    if (ofFiles) return json({ digest: decodeURIComponent(ofFiles[1]!), files: responder.revisionFiles });
    const revision = responder.revisions.find(({ digest }) => path === `/v1/apps/${appId}/revisions/${encodeURIComponent(digest)}` || path === `/v1/apps/${appId}/revisions/${digest}`);
    if (revision) return json(Object.assign(revision, body));
    if (path === '/v1/runtime/packages') return json(responder.packages);
    const ended = endOf(responder, path, app);
    if (ended) return json(ended);
    if (path === `/v1/apps/${appId}/limits`) return json(responder.limits);
    if (path === `/v1/apps/${appId}/environment`) {
      if (request.method === 'GET') return json(responder.environment);
      if (request.headers.get('if-match') !== `"${responder.environment.version}"`) return json({ type: 'about:blank', title: 'Conflict', status: 409, code: 'environment_conflict', requestId: 'req-409', currentVersion: responder.environment.version }, 409, 'application/problem+json');
      const { variables } = body as { variables: Environment['variables'] };
      responder.environment = { appId, version: responder.environment.version + 1, variables: variables.map(({ value, ...rest }) => (rest.secret ? rest : { ...rest, value: value ?? '' })) };
      return json(responder.environment);
    }
    if (path === `/v1/apps/${appId}/deployments`) {
      if (request.method === 'GET') return json({ items: responder.deployments });
      if (typeof (body as { revision?: string }).revision === 'string') return json(makeDeployment({ generation: 9, trigger: 'revert' }), 202);
      const { draftVersion, patch = {} } = body as { draftVersion: number; patch?: Patch };
      if (draftVersion !== responder.draft.version) return conflict();
      const next = patched(responder.draft.files, patch);
      responder.draft = { ...responder.draft, version: responder.draft.version + (JSON.stringify(next) === JSON.stringify(responder.draft.files) ? 0 : 1), files: next };
      return json(makeDeployment({ draftVersion: responder.draft.version }), 202);
    }
    if (path === `/v1/apps/${appId}/deployments/dep_1/cancel`) return json(makeDeployment({ status: 'cancelled', reason: 'cancelled', endedAt: at }));
    return json({ type: 'about:blank', title: 'Not found', status: 404, code: 'not_found', requestId: 'req-404' }, 404, 'application/problem+json');
  };
  Object.assign(responder, { client: createClient({ baseUrl: location.origin, fetch: responder.fetch }) });
  return responder;
}

/** What ends the app or stops it, and brings it back; undefined for what does not. */
function endOf(responder: Responder, path: string, app: Partial<App>): App | undefined {
  if (path === `/v1/apps/${appId}/suspend`) Object.assign(app, { suspended: { at, reason: 'sends spam' } });
  else if (path === `/v1/apps/${appId}/resume`) delete app.suspended;
  else return undefined;
  const now = makeApp({ draftVersion: responder.draft.version, ...app });
  responder.send({ type: 'app', id: '', appId, app: now });
  return now;
}

/** As the server chooses them. */
function linesFor(lines: readonly LogLine[], asked: URLSearchParams): LogLine[] {
  const [generation, level] = [asked.get('generation'), asked.get('level')];
  const own = lines.filter((line) => generation === null || line.generation === Number(generation));
  const chosen = level === null ? own : readEntries(own).filter((entry) => isAtLeast(entry.level, level as LogLevel)).flatMap((entry) => entry.lines);
  return chosen.slice(-Number(asked.get('limit') ?? 500));
}

/** What the routes of the list answer, and do; null for no content, undefined for what is none of theirs. */
function answerOfList(responder: Responder, request: Request, path: string, body: unknown): unknown {
  const { searchParams } = new URL(request.url);
  const given = (body ?? {}) as Partial<App>;
  if (path === '/v1/apps' && request.method === 'GET') {
    const all = searchParams.get('deleted') === 'true' ? responder.deleted : responder.apps;
    const [from, limit] = [Number(searchParams.get('cursor') ?? 0), Number(searchParams.get('limit') ?? 50)];
    return { items: all.slice(from, from + limit), ...(all.length > from + limit ? { nextCursor: String(from + limit) } : {}) };
  }
  const add = (app: App): App => (responder.apps.unshift(app), app);
  if (path === '/v1/apps') return add(makeApp({ id: `app_new_${responder.apps.length}`, title: given.title!, createdAt: new Date().toISOString() }));
  const [, id, act] = /^\/v1\/apps\/([^/]+)(?:\/(clone|restore))?$/.exec(path) ?? [];
  const app = responder.apps.find((one) => one.id === id);
  if (act === 'clone') return add(makeApp({ id: 'app_clone', title: given.title!, createdAt: new Date().toISOString() }));
  if (act === 'restore') {
    const back = responder.deleted.find((one) => one.id === id)!;
    responder.deleted = responder.deleted.filter((one) => one !== back);
    // The one that everything else is about is in no list.
    return id === appId ? back : add(back);
  }
  if (!app || id === appId) return undefined;
  if (request.method === 'PATCH') return Object.assign(app, body);
  if (request.method !== 'DELETE') return app;
  responder.apps = responder.apps.filter((one) => one !== app);
  responder.deleted = [{ ...app, restorableUntil: at }, ...responder.deleted];
  return null;
}

/** Waits until `look` finds something. */
export async function until<T>(look: () => T | null | undefined | false, what = 'the condition'): Promise<T> {
  const deadline = performance.now() + Number(document.documentElement.dataset['patience'] ?? 20_000);
  for (;;) {
    const found = look();
    if (found) return found;
    if (performance.now() > deadline) throw new Error(`${what} did not come true`);
    // Not an animation frame: those stop in a tab that is not in front.
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

interface Patch { move?: { from: string; to: string }[]; remove?: string[]; put?: AppFile[] }

/** Files only, which is what the pages under test move. */
function patched(files: readonly AppFile[], { move = [], remove = [], put = [] }: Patch): AppFile[] {
  const moved = files.map((file) => ({ ...file, path: move.find(({ from }) => from === file.path)?.to ?? file.path }));
  return [...moved.filter(({ path }) => !remove.includes(path) && !put.some((file) => file.path === path)), ...put].toSorted((a, b) => (a.path < b.path ? -1 : 1));
}
