import type { App } from '@fapi/sdk/contract';
import type { FapiPreview } from '../src/index.ts';
import { workspaceOf } from '../src/workspaces.ts';
import { english } from '../src/index.ts';
import { readPageMessage, toPath } from '../src/elements/preview/page-message.ts';
import { whyRefused } from '../src/elements/preview/refusal.ts';
import { appId, makeDeployment, makeResponder, type Responder, until } from '../scenes/server/responder.ts';
import { expect, find, hasNoViolations, hear, show, text } from './show.ts';

afterEach(() => {
  document.documentElement.lang = 'en';
  document.body.replaceChildren();
});

const live = makeDeployment({ status: 'live', liveAt: '2026-11-24T10:00:05.000Z' });
const failed = makeDeployment({ status: 'failed', endedAt: '2026-11-24T10:00:05.000Z' });
/** The server of these tests under its other name, which is another origin. */
const away = `http://127.0.0.1:${location.port}`;
const page = '/packages/components/test/preview-page.html';

const serving: Partial<App> = { live, latest: live, health: 'running', freshness: 'up_to_date', url: 'http://hello-abc.localhost:8788/', previewUrl: `${away}/` };
function open(app: Partial<App>, path = `${page}?n=1`): { element: FapiPreview; responder: Responder } {
  const responder = makeResponder(undefined, app);
  const element = show<FapiPreview>('fapi-preview', responder);
  element.path = path;
  return { element, responder };
}
const field = (element: Element): HTMLInputElement => find<HTMLInputElement>(element, '[name=path]')!;
const isShown = (element: Element, path: string): Promise<unknown> => until(() => find(element, 'section')?.getAttribute('aria-busy') === 'false' && field(element).value === path);
async function type(element: FapiPreview, typed: string): Promise<void> {
  field(element).value = typed;
  field(element).dispatchEvent(new Event('input'));
  find<HTMLFormElement>(element, 'form')!.requestSubmit();
  await element.updateComplete;
}
async function goLive(responder: Responder, change: Partial<App>): Promise<void> {
  const app = await responder.client.apps.read(appId);
  responder.send({ type: 'app', id: '', appId, app: { ...app, ...change } });
}

/** `/docs` and three routes, one of which needs more than its address. */
const withoutRoot: Responder['app'] = ({ path }) => (path === '/openapi.json' ? { body: JSON.stringify({ openapi: '3.1.0', paths: { '/items': { get: {}, post: {} }, '/items/{item_id}': { get: {} }, '/health': { get: {} }, '/orders': { post: {} }, '/turned\u202eyako': { get: {} }, [`/${'long'.repeat(1_000)}`]: { get: {} }, '/none': { get: null }, '//evil.example': 7 } }) } : path === '/docs' ? { body: '<html>' } : { status: 404, body: '{"detail":"Not Found"}' });

describe('fapi-preview', () => {
  it('says that an API has no page at /, and leads to its docs and to what can be read', async () => {
    const { element, responder } = open(serving, '/');
    responder.app = withoutRoot;
    await until(() => text(element).includes('This API has no page at /'));
    await until(() => find(element, '[data-docs]'));
    expect([...element.shadowRoot!.querySelectorAll('.routes button')].map(({ textContent }) => textContent), ['/items', '/health']);
    expect(find(element, 'iframe')!.checkVisibility(), false);
    await hasNoViolations(element);
    find(element, '[data-docs]')!.click();
    await until(() => field(element).value === '/docs' && find(element, 'iframe')!.checkVisibility() && !find(element, '.routes'));
    await type(element, '/');
    await until(() => find(element, '.routes'));
  });

  it('loads again, once, what it was asked for while the server was away', async () => {
    const { element, responder } = open(serving, '/packages/components/package.json');
    await until(() => find(element, 'iframe') && responder.openStreams > 0);
    responder.setAway(true);
    await until(() => find(element, '.bar')?.textContent?.startsWith('Reconnecting.'), 'the bar');
    const isLoaded = (): Promise<unknown> => until(() => find(element, 'section')?.getAttribute('aria-busy') === 'false', 'the end of loading');
    await isLoaded();
    element.reload();
    // Not the end of the loading before.
    await element.updateComplete;
    await isLoaded();
    let loads = 0;
    find(element, 'iframe')!.addEventListener('load', () => { loads += 1; });
    responder.setAway(false);
    await until(() => !find(element, '.bar'), 'no bar');
    await until(() => loads === 1, 'another load');
    await isLoaded();
    expect(loads, 1);
  });

  it('shows the frame and asks nothing more where there is a page at /, where nobody says, and where nothing may be tried', async () => {
    const asked = ({ seen }: Responder): unknown[] => seen.filter(({ path }) => path.endsWith('/try')).map(({ body }) => (body as { path: string }).path);
    for (const [app, paths] of [
      [() => ({ body: '{"openapi":"3.1.0","paths":{"/":{"get":{}}}}' }), ['/openapi.json']],
      [() => ({ status: 404, body: 'no such page' }), ['/openapi.json']],
      [({ path }: { path: string }) => ({ body: path === '/' ? '<p>mounted' : '{"openapi":"3.1.0","paths":{}}' }), ['/openapi.json', '/']],
    ] as const) {
      const { element, responder } = open(serving, '/');
      responder.app = app;
      await until(() => find(element, 'iframe') && asked(responder).length === paths.length);
      await element.updateComplete;
      expect([asked(responder), find(element, 'iframe')!.checkVisibility()], [paths, true]);
    }
    const { element, responder } = open(serving, '/');
    responder.refuse(`/v1/apps/${appId}/try`, 403, 'forbidden');
    const errors = hear(document, 'fapi-error');
    await until(() => find(element, 'iframe') && asked(responder).length === 1);
    expect([errors, find(element, 'iframe')!.checkVisibility()], [[], true]);
  });

  it('says why there is nothing to show, and what to do', async () => {
    for (const [app, ...words] of [
      [{}, 'Never deployed', 'Deploy the app to see it here.'],
      [{ rollout: 'working', latest: makeDeployment() }, 'Deploying', 'as soon as it is live'],
      [{ rollout: 'failed', latest: failed }, 'Last deploy failed', 'Nothing of this app is live yet'],
      [{ latest: makeDeployment({ status: 'cancelled' }) }, 'Nothing is live', 'Deploy the app'],
      [{ ...serving, health: 'stopped' }, 'Stopped', 'there is nothing to show'],
      [{ ...serving, suspended: { at: live.createdAt, by: 'operator', reason: 'unpaid' } }, 'Suspended', 'there is nothing to show'],
    ] as const) {
      const { element } = open(app as Partial<App>);
      await until(() => words.every((word) => text(element).includes(word)));
      expect(find(element, 'iframe'), null);
    }
    const { element } = open({ rollout: 'failed', latest: failed });
    const heard = hear(document, 'fapi-open-deployment');
    (await until(() => find(element, '.actions button'))).click();
    expect(heard, [{ appId }]);
  });

  it('says in words how what is shown is: asleep, crashed, with a deploy under way or one that failed', async () => {
    for (const [app, ...words] of [
      [{ health: 'running' }, 'Live', 'deploy 1'],
      [{ health: 'asleep' }, 'Asleep', 'The next request wakes it.'],
      [{ health: 'crashed' }, 'Crashed', 'The next request restarts it.'],
      [{ rollout: 'working', latest: makeDeployment({ id: 'dep_2', generation: 2 }) }, 'Live', 'deploy 1', 'Deploying'],
      [{ rollout: 'failed', latest: { ...failed, id: 'dep_2', generation: 2 } }, 'Live', 'deploy 1', 'Last deploy failed'],
    ] as const) {
      const { element } = open({ ...serving, ...(app as Partial<App>) });
      await until(() => find(element, 'iframe') && words.every((word) => text(element).includes(word)));
    }
  });

  it('refuses an app at the origin of the page, and shows one at another in a frame that cannot lead the page away', async () => {
    const { element } = open({ ...serving, previewUrl: `${location.origin}/` });
    await until(() => text(element).includes('code of the app could act as you') && text(element).includes('FAPI_APPS_URL'));
    expect(find(element, 'iframe'), null);
    const { element: other } = open(serving);
    const frame = await until(() => find<HTMLIFrameElement>(other, 'iframe'));
    expect(frame.getAttribute('sandbox'), 'allow-scripts allow-same-origin allow-forms allow-popups allow-downloads');
  });

  it('shows the first page, tells the page around where it is, and goes where it is told', async () => {
    const { element } = open(serving);
    const heard = hear(element, 'fapi-preview-navigate');
    await isShown(element, `${page}?n=1`);
    await until(() => heard.length === 1);
    expect(heard, [{ appId, path: page }]);
    expect(find<HTMLAnchorElement>(element, 'a')!.href, `http://hello-abc.localhost:8788${page}?n=1`);
    await type(element, 'https://elsewhere.example/');
    await until(() => text(element).includes('Only pages of this app can be shown here.') && field(element).getAttribute('aria-invalid') === 'true');
    field(element).dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape' }));
    await isShown(element, `${page}?n=1`);
    // As it is copied from the address of the app.
    await type(element, `http://hello-abc.localhost:8788${page}?n=2`);
    await isShown(element, `${page}?n=2`);
    expect([element.go('//elsewhere.example/'), element.go(`${page}?n=3`)], [false, true]);
    await isShown(element, `${page}?n=3`);
  });

  it('loads the same page anew when another deployment is live, once, and when one that crashed is back', async () => {
    const { element, responder } = open(serving);
    await isShown(element, `${page}?n=1`);
    let loads = 0;
    find<HTMLIFrameElement>(element, 'iframe')!.addEventListener('load', () => { loads++; });
    await goLive(responder, { rollout: 'working', latest: makeDeployment({ id: 'dep_2', generation: 2 }) });
    await until(() => text(element).includes('Deploying'));
    expect(loads, 0);
    await goLive(responder, { live: { ...live, id: 'dep_2', generation: 2 }, rollout: 'idle' });
    await until(() => loads === 1 && text(element).includes('deploy 2'));
    await isShown(element, `${page}?n=1`);
    await goLive(responder, { live: { ...live, id: 'dep_2', generation: 2 }, health: 'crashed' });
    await until(() => text(element).includes('Crashed'));
    expect(loads, 1);
    await goLive(responder, { live: { ...live, id: 'dep_2', generation: 2 }, health: 'running' });
    await until(() => loads === 2);
    await isShown(element, `${page}?n=1`);
  });

  it('says which error the page had, in German too, until another page is there', async () => {
    const { element } = open(serving, `${page}?broken`);
    await until(() => text(element).includes('Error in the page: Error: no such thing'));
    element.lang = 'de';
    element.requestUpdate();
    await until(() => text(element).includes('Fehler in der Seite'));
    element.go(page);
    await until(() => !find(element, '.error'));
  });

  // A page without that interface cannot say where its history leads.
  ('navigation' in window ? it : it.skip)('takes what is typed as a step, as a click is: Back leads out of it, and nothing is forward', async () => {
    const { element } = open(serving);
    await isShown(element, `${page}?n=1`);
    const [back, forward] = [...element.shadowRoot!.querySelectorAll<HTMLButtonElement>('.travel')] as [HTMLButtonElement, HTMLButtonElement];
    const can = (): boolean[] => [!back.disabled, !forward.disabled];
    await type(element, `${page}?n=2`);
    await until(() => field(element).value === `${page}?n=2` && can().join() === 'true,false', 'the way back');
    back.click();
    await until(() => field(element).value === `${page}?n=1` && can().join() === 'false,true', 'the first page');
    await type(element, `${page}?n=3`);
    await until(() => field(element).value === `${page}?n=3` && can().join() === 'true,false', 'no way forward');
    // The same page anew is no step.
    element.reload();
    await element.updateComplete;
    await until(() => find(element, 'section')?.getAttribute('aria-busy') === 'false' && can().join() === 'true,false', 'the same page');
    // The script of this page comes after the page itself.
    await until(() => {
      back.click();
      return field(element).value === `${page}?n=1`;
    }, 'the first page again');
  });

  it("says why FastAPI's own pages are blank where their scripts cannot be had", async () => {
    const { element } = open(serving, `${page}?unloaded`);
    await until(() => /Error in the page: ReferenceError: .*SwaggerUIBundle/.test(text(element)) && text(element).includes('loads its scripts from the internet'));
    await hasNoViolations(element);
    element.go(`${page}?broken`);
    await until(() => text(element).includes('no such thing') && !text(element).includes('from the internet'));
  });

  it('believes nobody but its own frame', async () => {
    const { element } = open(serving);
    await isShown(element, `${page}?n=1`);
    const frame = find<HTMLIFrameElement>(element, 'iframe')!;
    for (const [source, origin] of [[window, away], [frame.contentWindow, location.origin], [null, away]] as const) {
      const { port1, port2 } = new MessageChannel();
      const forged = new MessageEvent('message', { origin, data: { fapi: 'preview' }, ports: [port2] });
      // Firefox takes no window of another process into an event.
      Object.defineProperty(forged, 'source', { value: source });
      window.dispatchEvent(forged);
      port1.postMessage({ kind: 'place', path: '/forged', x: 0, y: 0 });
    }
    await type(element, `${page}?n=2`);
    await isShown(element, `${page}?n=2`);
  });

  it('begins anew with another app, and stands where it stood after a move in the page', async () => {
    const { element } = open(serving);
    await isShown(element, `${page}?n=1`);
    await type(element, `${page}?n=2`);
    await isShown(element, `${page}?n=2`);
    element.parentElement!.append(document.createElement('div'), element);
    await isShown(element, `${page}?n=2`);
    element.path = `${page}?n=4`;
    await isShown(element, `${page}?n=4`);
  });

  it('waits while it is out of the page when it is drawn, and shows the app once it is back', async () => {
    const { element, responder } = open({});
    await until(() => text(element).includes('Never deployed'));
    const parent = element.parentElement!;
    const { store, release } = workspaceOf(responder.client).acquire(appId);
    // After the element has heard of it, and before it draws.
    const unsubscribe = store.subscribe(({ app }) => { if (app?.live) element.remove(); });
    await goLive(responder, serving);
    await until(() => !element.isConnected);
    unsubscribe();
    const thrown = await element.updateComplete.then(() => undefined, (error: unknown) => error);
    expect(String(thrown), 'undefined');
    parent.append(element);
    await isShown(element, `${page}?n=1`);
    release();
  });

  it('takes of what a page says only what is a place in the app', () => {
    const origin = 'http://app.example';
    const place = { kind: 'place', path: '/a?b#c', x: 1, y: 2, canGoBack: 'yes' };
    expect(readPageMessage(place, origin), { kind: 'place', path: '/a?b#c', x: 1, y: 2, canGoBack: false, canGoForward: false });
    for (const said of [null, 7, 'place', [], { ...place, kind: 'x' }, ...['//evil.example/', 'javascript:alert(1)', 'http://app.example/', '/a b', '\\\\evil.example', `/${'x'.repeat(9_000)}`, 7].map((path) => ({ ...place, path })), { ...place, x: '1' }, { ...place, y: Number.NaN }, { kind: 'error' }, { kind: 'leaving', path: '//evil.example' }]) expect(readPageMessage(said, origin) ?? null, null);
    expect(readPageMessage({ kind: 'error', message: 'x'.repeat(9_000) }, origin), { kind: 'error', message: 'x'.repeat(500) });
    // A path that begins with two slashes would lead the frame to another host.
    for (const path of ['/.//evil.example/a', `${origin}//evil.example/a`, '/x/..//evil.example/a']) {
      expect(toPath(path, [origin]), '/.//evil.example/a');
      expect(new URL(toPath(path, [origin])!, origin).href, `${origin}//evil.example/a`);
    }
    expect([toPath('docs', [origin]), toPath('/a b', [origin]), toPath('mailto:x', [origin]) ?? null], ['/docs', '/a%20b', null]);
  });

  it('names the reason why an app is refused', () => {
    const why = (appUrl: string, pageUrl: string, apiUrl = 'https://fapi.example/'): string => whyRefused({ appUrl, pageUrl, apiUrl, strings: english })?.slice(0, 24) ?? 'shown';
    expect(why('https://x--preview.apps.example/', 'https://portal.example/a'), 'shown');
    expect(why('http://x--preview.localhost:8788/', 'https://portal.example/'), 'shown');
    expect(why('https://portal.example/', 'https://portal.example/a'), 'Its address has the same');
    expect(why('https://fapi.example/a/x/', 'https://portal.example/'), 'Its address has the same');
    expect(why('data:text/html,x', 'https://portal.example/'), 'Its address has the same');
    expect(why('http://x.apps.example/', 'https://portal.example/'), 'This page is served over');
  });
});
