import { setTimeout as pause } from 'node:timers/promises';
import { HttpMethod, IsomorphicFetchHttpLibrary, KubeConfig, type KubernetesObject, RequestContext, type ResponseContext, Watch } from '@kubernetes/client-node';
import { toReason } from '../../../program/to-reason.ts';
import { RuntimeUnavailableError } from '../../runtime.ts';
import { fieldManager } from '../objects/labels.ts';
import { createConnections } from './connections.ts';
import { ClusterError, isPassing } from './errors.ts';
import { type Kind, kinds } from './kinds.ts';

export type JsonPatch = readonly { op: 'add' | 'remove' | 'replace' | 'test'; path: string; value?: unknown }[];
export type WatchEvent<T> = { type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK'; object: T };

/** The one caller of the cluster's API, for one namespace. Rejects with `ClusterError` for a "no" and with `RuntimeUnavailableError` when nobody answers; what passes by itself is asked again first. */
export interface Cluster {
  readonly namespace: string;
  /** Undefined when there is none. */
  find<T extends KubernetesObject>(kind: Kind, name: string, signal?: AbortSignal): Promise<T | undefined>;
  list<T extends KubernetesObject>(kind: Kind, labels: Record<string, string>, signal?: AbortSignal): Promise<{ items: T[]; resourceVersion: string }>;
  /** Follows from a version on until the API ends it, which is no failure, or the signal fires. Rejects with status 410 when that version is too old. */
  watch<T extends KubernetesObject>(kind: Kind, labels: Record<string, string>, resourceVersion: string, onEvent: (event: WatchEvent<T>) => void, signal: AbortSignal): Promise<void>;
  create<T extends KubernetesObject>(object: T, signal?: AbortSignal): Promise<T>;
  replace<T extends KubernetesObject>(object: T, signal?: AbortSignal): Promise<T>;
  /** Server-side apply: what we set is ours, what we set no more is gone. With a `resourceVersion` only on top of that one (409). */
  apply<T extends KubernetesObject>(object: T): Promise<T>;
  patch<T extends KubernetesObject>(kind: Kind, name: string, patch: JsonPatch): Promise<T>;
  /** Merges into the status: lists by their keys. */
  patchStatus<T extends KubernetesObject>(kind: Kind, name: string, status: object): Promise<T>;
  /** Changes what the containers of a pod may have while they run. */
  resize<T extends KubernetesObject>(name: string, spec: object): Promise<T>;
  /** One that is gone already is an outcome. Answers what is left of it while it ends. */
  remove<T extends KubernetesObject>(kind: Kind, name: string): Promise<T | undefined>;
}

/** Where the cluster is: a file, or what a pod is given. */
export function loadKubeConfig(path: string | undefined): KubeConfig {
  const config = new KubeConfig();
  if (path === undefined) config.loadFromCluster();
  else config.loadFromFile(path);
  return config;
}

const attempts = 5;
const attemptMs = 10_000;
const pageSize = 500;
const longestPauseMs = 5_000;

export function createCluster({ config, namespace, onCall = () => undefined }: { config: KubeConfig; namespace: string; onCall?: (verb: string, resource: string) => void }): Cluster {
  const http = new IsomorphicFetchHttpLibrary();
  const connections = createConnections();
  const watcher = new Watch(config);
  const toPath = (kind: Kind, name?: string, sub?: string): string => [kinds[kind].path, 'namespaces', namespace, kinds[kind].plural, name, sub].filter((part) => part !== undefined).join('/');

  const send = async (request: RequestContext): Promise<{ answer: ResponseContext; text: string }> => {
    const answer = await http.send(request).toPromise();
    return { answer, text: await answer.body.text() };
  };
  const once = async (method: HttpMethod, path: string, { query = {}, body, type = 'application/json', signal }: Ask): Promise<unknown> => {
    const server = config.getCurrentCluster()?.server;
    if (server === undefined) throw new RuntimeUnavailableError('the configuration names no cluster');
    const url = new URL(server.replace(/\/$/, '') + path);
    for (const [key, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(key, value);
    const request = new RequestContext(url.href, method);
    request.setHeaderParam('accept', 'application/json');
    if (body !== undefined) {
      request.setHeaderParam('content-type', type);
      request.setBody(JSON.stringify(body));
    }
    request.setSignal(AbortSignal.any([AbortSignal.timeout(attemptMs), ...(signal ? [signal] : [])]));
    await config.applySecurityAuthentication(request);
    connections.share(request);
    const { answer, text } = await send(request).catch((error: unknown) => {
      connections.renew();
      throw error;
    });
    if (answer.httpStatusCode < 300) return JSON.parse(text);
    if (answer.httpStatusCode === 401) connections.renew();
    throw new ClusterError(`the cluster refused ${method} ${path}`, answer.httpStatusCode, { ...readStatus(text), retryAfterMs: readRetryAfter(answer.headers['retry-after']) });
  };
  const ask = async <T>(verb: string, method: HttpMethod, kind: Kind, at: { name?: string | undefined; sub?: string }, more: Ask = {}): Promise<T> => {
    onCall(verb, at.sub === undefined ? kinds[kind].plural : `${kinds[kind].plural}/${at.sub}`);
    for (let attempt = 1; ; attempt++) {
      try {
        return (await once(method, toPath(kind, at.name, at.sub), more)) as T;
      } catch (error) {
        more.signal?.throwIfAborted();
        const isFinal = error instanceof ClusterError ? !isPassing(error.status) : error instanceof RuntimeUnavailableError;
        if (isFinal || attempt === attempts) throw error instanceof RuntimeUnavailableError ? error : new RuntimeUnavailableError(`the cluster cannot be reached: ${toReason(error)}`, { cause: error });
        const asked = error instanceof ClusterError ? error.retryAfterMs : undefined;
        await pause(Math.min(longestPauseMs, asked ?? 50 * 2 ** attempt * (0.5 + Math.random())), undefined, { signal: more.signal });
      }
    }
  };
  const nameOf = (object: KubernetesObject): string => object.metadata!.name!;
  const kindOf = (object: KubernetesObject): Kind => object.kind as Kind;

  return {
    namespace,
    find: (kind, name, signal) => ask('get', HttpMethod.GET, kind, { name }, signal ? { signal } : {}).catch(passMissing) as never,
    async list<T extends KubernetesObject>(kind: Kind, labels: Record<string, string>, signal?: AbortSignal) {
      const items: T[] = [];
      for (let next: string | undefined, page; ; next = page.metadata.continue) {
        page = await ask<{ items: T[]; metadata: { resourceVersion: string; continue?: string } }>('list', HttpMethod.GET, kind, {}, { query: { labelSelector: toSelector(labels), limit: String(pageSize), continue: next }, ...(signal ? { signal } : {}) });
        items.push(...page.items);
        if (!page.metadata.continue) return { items, resourceVersion: page.metadata.resourceVersion };
      }
    },
    async watch<T extends KubernetesObject>(kind: Kind, labels: Record<string, string>, resourceVersion: string, onEvent: (event: WatchEvent<T>) => void, signal: AbortSignal) {
      onCall('watch', kinds[kind].plural);
      const over = Promise.withResolvers<void>();
      let refused: ClusterError | undefined;
      const following = await watcher.watch(toPath(kind), { labelSelector: toSelector(labels), resourceVersion, allowWatchBookmarks: true }, (type: string, object: T & { code?: number; reason?: string; message?: string }) => {
        if (type !== 'ERROR') return onEvent({ type: type as WatchEvent<T>['type'], object });
        refused = new ClusterError(`the cluster ended the watch of ${kinds[kind].plural}`, object.code ?? 500, { reason: object.reason ?? '', message: object.message ?? '', retryAfterMs: undefined });
        following.abort();
      }, (error: unknown) => {
        if (refused) over.reject(refused);
        // A silent minute and our own end are no failures; the next one goes on from the last version.
        else if (!error || signal.aborted || ['TimeoutError', 'AbortError'].includes((error as Error).name)) over.resolve();
        else over.reject(toWatchError(error, kinds[kind].plural));
      });
      const stop = (): void => following.abort();
      signal.addEventListener('abort', stop, { once: true });
      if (signal.aborted) stop();
      await over.promise.finally(() => signal.removeEventListener('abort', stop));
    },
    create: (object, signal) => ask('create', HttpMethod.POST, kindOf(object), {}, { body: object, query: { fieldManager }, ...(signal ? { signal } : {}) }),
    replace: (object, signal) => ask('update', HttpMethod.PUT, kindOf(object), { name: nameOf(object) }, { body: object, query: { fieldManager }, ...(signal ? { signal } : {}) }),
    apply(object) {
      // What is not there yet is created by it.
      onCall('create', kinds[kindOf(object)].plural);
      return ask('patch', HttpMethod.PATCH, kindOf(object), { name: nameOf(object) }, { body: object, type: 'application/apply-patch+yaml', query: { fieldManager, force: 'true' } });
    },
    patch: (kind, name, patch) => ask('patch', HttpMethod.PATCH, kind, { name }, { body: patch, type: 'application/json-patch+json', query: { fieldManager } }),
    patchStatus: (kind, name, status) => ask('patch', HttpMethod.PATCH, kind, { name, sub: 'status' }, { body: { status }, type: 'application/strategic-merge-patch+json', query: { fieldManager } }),
    resize: (name, spec) => ask('patch', HttpMethod.PATCH, 'Pod', { name, sub: 'resize' }, { body: { spec }, type: 'application/strategic-merge-patch+json', query: { fieldManager } }),
    remove: (kind, name) => ask('delete', HttpMethod.DELETE, kind, { name }, { body: { propagationPolicy: 'Background' } }).catch(passMissing) as never,
  };
}

interface Ask { query?: Record<string, string | undefined>; body?: unknown; type?: string; signal?: AbortSignal }

const toSelector = (labels: Record<string, string>): string => Object.entries(labels).map(([key, value]) => `${key}=${value}`).join(',');

function passMissing(error: unknown): undefined {
  if (!(error instanceof ClusterError && error.status === 404)) throw error;
}

/** The API speaks in objects of the kind Status; whatever stands before it may not. */
function readStatus(text: string): { reason: string; message: string } {
  try {
    const { reason, message } = JSON.parse(text) as { reason?: unknown; message?: unknown };
    return { reason: typeof reason === 'string' ? reason : '', message: typeof message === 'string' ? message : '' };
  } catch {
    return { reason: '', message: text.slice(0, 200) };
  }
}

const readRetryAfter = (text: string | undefined): number | undefined => (text !== undefined && /^\d+$/.test(text) ? Number(text) * 1_000 : undefined);

function toWatchError(error: unknown, plural: string): Error {
  const { statusCode } = error as { statusCode?: number };
  if (statusCode === undefined) return new RuntimeUnavailableError(`the cluster cannot be reached: ${toReason(error)}`, { cause: error });
  return new ClusterError(`the cluster refused to watch ${plural}`, statusCode, { reason: '', message: (error as Error).message, retryAfterMs: undefined });
}
