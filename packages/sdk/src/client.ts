import { createKeyAuth } from './auth/key.ts';
import { createTokenAuth, fetchTokenFrom } from './auth/token.ts';
import { call } from './call.ts';
import type { Auth, ClientOptions, StreamOptions } from './client-types.ts';
import type { FapiClient } from './fapi-client.ts';
import { createHttp, defaultTimeoutMs } from './http.ts';
import { openEach } from './iterable.ts';
import { createPass } from './pass.ts';
import { createAccess } from './resources/access.ts';
import { createApps } from './resources/apps.ts';
import { createDeployments } from './resources/deployments.ts';
import { createDrafts } from './resources/drafts.ts';
import { createEgress, createEnvironment } from './resources/environment.ts';
import { createLanguage } from './resources/language.ts';
import { createLogs } from './resources/logs/logs.ts';
import { createPresence } from './resources/presence.ts';
import { createRevisions } from './resources/revisions.ts';
import { createHealth, createRuntime } from './resources/runtime.ts';
import { streamEvents } from './stream.ts';
import { createHandshake } from './version.ts';

const reachableMs = 5_000;

/**
 * Makes a client. Throws a `TypeError` at once when the options cannot work; sends nothing before the first call.
 * @example
 * const fapi = createClient({ baseUrl: 'http://127.0.0.1:8787', apiKey: process.env.FAPI_API_KEY });
 * const app = await fapi.apps.create({ title: 'Hello' });
 * @example
 * // In a page: the portal's backend answers POST /portal/embed-token with {token, expiresInSeconds}.
 * const fapi = createClient({ baseUrl: 'https://fapi.example', tokenUrl: '/portal/embed-token' });
 */
export function createClient(options: ClientOptions): FapiClient {
  if (!/^https?:\/\/./.test(String(options.baseUrl)) || !URL.canParse(String(options.baseUrl))) throw new TypeError(`baseUrl must be an absolute address such as https://fapi.example, and is "${String(options.baseUrl)}"`);
  const isPage = 'document' in globalThis;
  if (options.apiKey !== undefined && isPage) throw new TypeError('apiKey must not be used in a page, where everybody could read it: use tokenUrl or fetchToken');
  const closing = new AbortController();
  const handshake = createHandshake(options);
  const auth = authOf(options);
  // What stands in for the browser's own fetch says itself what it is refused.
  const pass = createPass({ baseUrl: String(options.baseUrl), origin: isPage && !options.fetch ? globalThis.location?.origin : undefined, fetch: (input, init) => globalThis.fetch(input, init), handshake });
  const transport = { http: createHttp(options, auth, handshake, pass), auth, timeoutMs: options.timeoutMs ?? defaultTimeoutMs };
  const isReachable = (signal: AbortSignal): Promise<boolean> => call(transport, 'GET /v1/health/live', { signal, timeoutMs: reachableMs }).then(() => true, () => false);
  const stream = (streamOptions: StreamOptions = {}) => openEach((leaving) => streamEvents({ options, auth, handshake, pass, closing: closing.signal, isReachable }, streamOptions, leaving));
  return {
    baseUrl: String(options.baseUrl),
    auth,
    get serverVersion() {
      return handshake.serverVersion;
    },
    apps: createApps(transport),
    drafts: createDrafts(transport),
    environment: createEnvironment(transport),
    egress: createEgress(transport),
    deployments: createDeployments(transport, stream, closing.signal),
    revisions: createRevisions(transport),
    events: { stream },
    language: createLanguage({ options, auth, closing: closing.signal }),
    logs: createLogs(transport, stream, closing.signal),
    presence: createPresence(transport),
    runtime: createRuntime(transport),
    health: createHealth(transport),
    ...createAccess(transport),
    closed: closing.signal,
    close() {
      closing.abort();
      auth.close();
    },
  };
}

function authOf({ apiKey, fetchToken, tokenUrl, fetch }: ClientOptions): Auth {
  if (apiKey !== undefined) return createKeyAuth(apiKey);
  if (fetchToken) return createTokenAuth(fetchToken);
  if (tokenUrl !== undefined) return createTokenAuth(fetchTokenFrom(tokenUrl, fetch ?? ((input, init) => globalThis.fetch(input, init))));
  return createKeyAuth(undefined);
}
