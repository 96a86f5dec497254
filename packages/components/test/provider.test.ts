import type { FapiMetrics, FapiProvider } from '../src/index.ts';
import { appId, makeResponder, until } from '../scenes/server/responder.ts';
import { expect, hasNoViolations, hear, text } from './show.ts';

afterEach(() => document.body.replaceChildren());

function build(change: (provider: FapiProvider) => void = () => {}): { provider: FapiProvider; metrics: FapiMetrics } {
  const provider = document.createElement('fapi-provider') as FapiProvider;
  const metrics = document.createElement('fapi-metrics') as FapiMetrics;
  metrics.appId = appId;
  provider.append(metrics);
  change(provider);
  document.body.append(provider);
  return { provider, metrics };
}

describe('fapi-provider', () => {
  it('without a client leaves what is inside to say so, and brings it to life when a client comes', async () => {
    const { provider, metrics } = build();
    await until(() => text(metrics).includes('Not connected'));
    expect(provider.activeClient ?? null, null);
    await hasNoViolations(provider);
    provider.client = makeResponder().client;
    await until(() => text(metrics).includes('No requests yet'));
    provider.client = undefined;
    await until(() => text(metrics).includes('Not connected'));
  });

  it('reaches elements that were there before it, and elements that come later', async () => {
    const { provider, metrics } = build((made) => { made.client = makeResponder().client; });
    await until(() => text(metrics).includes('No requests yet'));
    const later = document.createElement('fapi-metrics') as FapiMetrics;
    later.appId = appId;
    provider.append(later);
    await until(() => text(later).includes('No requests yet'));
  });

  it('does not send somebody to sign in whose portal can give no token just now', async () => {
    const original = globalThis.fetch;
    for (const [status, title] of [[503, 'cannot give access right now'], [403, 'did not give access']] as const) {
      globalThis.fetch = async () => new Response('{"code":"no_token"}', { status, headers: { 'content-type': 'application/json', 'retry-after': '10' } });
      try {
        const { metrics } = build((provider) => { provider.tokenUrl = '/portal/embed-token'; });
        await until(() => text(metrics).includes(title));
        expect(text(metrics).includes('sign in'), status === 403);
      } finally {
        globalThis.fetch = original;
      }
      document.body.replaceChildren();
    }
  });

  it('speaks to a server that is behind a path of the portal below that path, its stream and its language servers too', async () => {
    const original = { fetch: globalThis.fetch, WebSocket: globalThis.WebSocket };
    const responder = makeResponder();
    const asked: string[] = [];
    // As a proxy does that has the server behind a path.
    globalThis.fetch = (input, init) => {
      const request = new Request(input, init);
      const { pathname } = new URL(request.url);
      asked.push(pathname);
      return pathname.startsWith('/portal/fapi/v1/') ? responder.fetch(request.url.replace('/portal/fapi/', '/'), request) : original.fetch(request);
    };
    globalThis.WebSocket = class extends original.WebSocket {
      constructor(url: string | URL) {
        asked.push(new URL(url).pathname);
        super(new URL(url));
      }
    };
    try {
      for (const baseUrl of ['/portal/fapi', `${location.origin}/portal/fapi/?from=here#there`]) {
        asked.length = 0;
        const { provider, metrics } = build((made) => Object.assign(made, { baseUrl, fetchToken: async () => ({ token: 't', expiresInSeconds: 600 }) }));
        await until(() => text(metrics).includes('No requests yet') && responder.openStreams > 0);
        provider.activeClient!.language.open(appId, { onMessage: () => undefined, onEnd: () => undefined });
        await until(() => asked.includes(`/portal/fapi/v1/apps/${appId}/language`), 'the socket');
        expect([provider.activeClient!.baseUrl, asked.filter((path) => path.includes('/v1/') && !path.startsWith('/portal/fapi/v1/'))], [`${location.origin}/portal/fapi`, []]);
        provider.remove();
        await until(() => responder.openStreams === 0);
      }
    } finally {
      Object.assign(globalThis, original);
    }
  });

  it('is outdone by a client of the element itself', async () => {
    const { metrics } = build();
    metrics.client = makeResponder().client;
    await until(() => text(metrics).includes('No requests yet'));
  });

  it('on a page that the server does not list asks once for each thing, and says which origin to add', async () => {
    // The same server, which allows no other origin; in the one place where every page may read it, it says so as a server of ours does.
    const server = `http://${location.hostname === 'localhost' ? '127.0.0.1' : 'localhost'}:${location.port}`;
    const asked: string[] = [];
    const original = globalThis.fetch;
    globalThis.fetch = (input, init) => {
      const [method, url] = input instanceof Request ? [input.method, input.url] : [init?.method ?? 'GET', String(input)];
      if (url.startsWith(server)) asked.push(`${method} ${url.slice(server.length)}`);
      if (url === `${server}/v1/health/live`) return Promise.resolve(new Response('{"code":"origin_not_allowed"}', { status: 403, headers: { 'content-type': 'application/problem+json' } }));
      return original(input, init);
    };
    try {
      const { provider } = build((made) => Object.assign(made, { baseUrl: server, fetchToken: async () => ({ token: 't', expiresInSeconds: 600 }) }));
      const elements = ['fapi-editor', 'fapi-logs', 'fapi-history'].map((tag) => Object.assign(document.createElement(tag), { appId }));
      provider.append(...elements, document.createElement('fapi-apps'));
      await until(() => [...provider.children].every((element) => text(element).includes('This page is not allowed') && text(element).includes(`can add ${location.origin} to the origins of the workspace`)), 'the reason in each');
      const look = asked.filter((one) => one === 'GET /v1/health/live').length;
      const others = asked.filter((one) => one !== 'GET /v1/health/live');
      // The stream of the apps of the page and that of the list are two.
      expect([look, others.length - new Set(others).size], [1, 0]);
      await hasNoViolations(provider);
    } finally {
      globalThis.fetch = original;
    }
  });

  it('asks the portal for a token, sends it, and says that somebody is signed in', async () => {
    const reasons: string[] = [];
    const states: unknown[] = [];
    const asked: (string | null)[] = [];
    const original = globalThis.fetch;
    globalThis.fetch = async (input, init) => {
      asked.push(new Request(input, init).headers.get('authorization'));
      return new Response('{}', { status: 404, headers: { 'content-type': 'application/json' } });
    };
    try {
      build((provider) => {
        provider.addEventListener('fapi-auth-change', (event) => states.push(event.detail.state));
        provider.fetchToken = async ({ reason }) => {
          reasons.push(reason);
          return { token: 'token-of-a-test', expiresInSeconds: 600 };
        };
      });
      await until(() => asked.includes('Bearer token-of-a-test') && states.includes('signed_in'));
      expect(reasons, ['initial']);
    } finally {
      globalThis.fetch = original;
    }
  });

  it('tells the console what the endpoint of the portal answered, once, unless the page takes that over', async () => {
    const said: string[] = [];
    const { warn } = console;
    const { fetch } = globalThis;
    console.warn = (words: string) => void said.push(words);
    globalThis.fetch = async (input, init) => (new URL(input instanceof Request ? input.url : input).pathname === '/portal/token' ? new Response('<html>', { status: 404 }) : fetch(input, init));
    try {
      const heard: Event[] = [];
      const { provider } = build((made) => {
        made.addEventListener('fapi-auth-error', (event) => heard.push(event));
        made.tokenUrl = '/portal/token';
      });
      await until(() => heard.length > 1);
      expect(said, ['fapi-provider: /portal/token: the token endpoint answered 404']);
      provider.remove();
      build((made) => {
        made.addEventListener('fapi-auth-error', (event) => (heard.push(event), event.preventDefault()));
        made.tokenUrl = '/portal/token';
      });
      const before = heard.length;
      await until(() => heard.length > before);
      expect(said.length, 1);
    } finally {
      console.warn = warn;
      globalThis.fetch = fetch;
    }
  });

  it('says why when the portal gives no token, and keeps the page standing', async () => {
    const errors: { error: unknown }[] = [];
    const { metrics } = build((provider) => {
      provider.addEventListener('fapi-auth-error', (event) => errors.push(event.detail));
      provider.fetchToken = async () => {
        throw new Error('the portal is away');
      };
    });
    await until(() => errors.length > 0);
    expect((errors[0]!.error as Error).name, 'TokenError');
    await until(() => metrics.shadowRoot?.querySelector('[part=error]'));
    await hasNoViolations(metrics);
  });

  it('keeps its client when it is moved, closes its own when it leaves, and makes one when it comes back', async () => {
    const { provider } = build((made) => {
      made.replaceChildren();
      made.fetchToken = async () => ({ token: 'x', expiresInSeconds: 600 });
    });
    const first = await until(() => provider.activeClient);
    const place = document.createElement('main');
    document.body.append(place);
    place.append(provider);
    await provider.updateComplete;
    expect(provider.activeClient === first, true);
    provider.remove();
    await until(() => provider.activeClient === undefined);
    place.append(provider);
    const second = await until(() => provider.activeClient);
    expect(second === first, false);
  });

  it('does not close a client that the page has made', async () => {
    const responder = makeResponder();
    const { provider } = build((made) => { made.client = responder.client; });
    await until(() => provider.activeClient);
    provider.remove();
    await until(() => provider.activeClient === undefined);
    expect((await responder.client.apps.read(appId)).id, appId);
  });

  it('gives words and numbers of its locale to what is inside', async () => {
    const responder = makeResponder();
    const { provider, metrics } = build((made) => {
      made.client = responder.client;
      made.locale = 'de';
    });
    await until(() => responder.openStreams > 0 && text(metrics).includes('Noch keine Anfrage'));
    responder.send({ type: 'metrics', appId, metrics: { appId, requests: 12_345, status2xx: 12_345, status3xx: 0, status4xx: 0, status5xx: 0, inFlight: 0, bytesOut: 1 } });
    await until(() => text(metrics).includes('12.345'));
    provider.locale = 'en';
    await until(() => text(metrics).includes('12,345'));
  });

  it('tells nobody outside of an event what the token is', async () => {
    const { provider } = build((made) => {
      made.replaceChildren();
      made.fetchToken = async () => ({ token: 'secret-of-a-test', expiresInSeconds: 600 });
    });
    const heard = hear(document, 'fapi-auth-change');
    await until(() => provider.activeClient);
    await provider.activeClient!.auth.authorization();
    await until(() => heard.length > 0);
    expect(JSON.stringify(heard).includes('secret-of-a-test') || provider.outerHTML.includes('secret-of-a-test'), false);
  });
});
