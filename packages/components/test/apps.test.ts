import type { FapiApps } from '../src/index.ts';
import { makeApp, makeDeployment, makeResponder, type Responder, until } from '../scenes/server/responder.ts';
import { expect, find, hasNoViolations, hear, showApps, text } from './show.ts';

afterEach(() => {
  document.body.replaceChildren();
  localStorage.clear();
});

const at = '2026-11-24T10:00:05.000Z';
const live = makeDeployment({ status: 'live', liveAt: at, createdBy: 'maria' });
const items = (apps: Element): HTMLElement[] => [...apps.shadowRoot!.querySelectorAll<HTMLElement>('[data-app]')];
const words = (element: HTMLElement): string => element.innerText.replace(/\s+/g, ' ').trim();
const press = (apps: Element, name: string): void => {
  const button = [...apps.shadowRoot!.querySelectorAll<HTMLElement>('button')].find((one) => (one.getAttribute('aria-label') ?? one.innerText.trim()) === name);
  if (!button) throw new Error(`no button "${name}"`);
  button.click();
};
const focused = (apps: Element): Element | null => apps.shadowRoot!.activeElement;
async function open(change: (responder: Responder) => void = () => undefined, props: Partial<FapiApps> = {}): Promise<{ apps: FapiApps; responder: Responder }> {
  const responder = makeResponder();
  responder.apps = [makeApp({ id: 'app_b', title: 'Orders', draftSavedBy: 'ann', createdAt: '2026-11-25T10:00:00.000Z', live, latest: live, health: 'running', freshness: 'not_deployed', changes: { code: true, environment: false, dependencies: false, settings: false } }), makeApp({ id: 'app_a', title: 'Hello' })];
  change(responder);
  const apps = showApps(responder, props);
  await until(() => items(apps).length > 0 || find(apps, '.notice') || find(apps, '.bar'));
  return { apps, responder };
}
const calls = (responder: Responder, method: string): string[] => responder.seen.filter((call) => call.method === method).map(({ path }) => path);

describe('fapi-apps', () => {
  it('lists apps, newest first, with their facts, when they were saved and deployed and by whom', async () => {
    const { apps } = await open();
    await until(() => items(apps).every((item) => words(item) !== ''), 'both on the screen');
    const [orders, hello] = items(apps).map(words) as [string, string];
    for (const word of ['Orders', 'Live', 'Draft not deployed', 'saved', 'by ann', 'deployed', 'by maria']) if (!orders.includes(word)) throw new Error(`"${word}" is not in "${orders}"`);
    expect(hello.startsWith('Hello Never deployed'), true);
    await hasNoViolations(apps);
  });

  it('says in the narrowest cards too that a draft is not live, and leaves out what is no news there', async () => {
    const { apps } = await open(({ apps }) => apps.push(makeApp({ id: 'app_c', title: 'Settled', live, latest: live, health: 'running', freshness: 'up_to_date' })));
    apps.style.width = '240px';
    await until(() => items(apps).length === 3 && items(apps).every((item) => words(item) !== ''), 'all on the screen');
    const [orders, , settled] = items(apps).map(words);
    expect([orders, settled], ['Orders Live Draft not deployed', 'Settled Live']);
  });

  it('follows the stream: what is new, changed and deleted', async () => {
    const { apps, responder } = await open();
    responder.send({ type: 'app', id: '', appId: 'app_c', app: makeApp({ id: 'app_c', title: 'Third', createdAt: '2026-11-26T10:00:00.000Z' }) });
    await until(() => words(items(apps)[0]!).startsWith('Third'));
    responder.send({ type: 'app_deleted', id: '', appId: 'app_b' });
    await until(() => items(apps).length === 2);
  });

  it('shares one list and one stream with another one on the page', async () => {
    const { apps, responder } = await open();
    const beside = document.createElement('fapi-apps');
    apps.parentElement!.append(beside);
    await until(() => items(beside).length === 2);
    expect([calls(responder, 'GET').filter((path) => path === '/v1/apps').length, responder.openStreams], [1, 1]);
  });

  it('chooses by a click, marks what is chosen, and is told by the page', async () => {
    const { apps } = await open();
    const heard = hear<{ appId: string }>(document, 'fapi-app-select');
    items(apps)[1]!.querySelector<HTMLElement>('[data-open]')!.click();
    await apps.updateComplete;
    expect([heard.map(({ appId }) => appId), apps.selected, items(apps).map((item) => item.querySelector('[aria-current]') !== null)], [['app_a'], 'app_a', [false, true]]);
    apps.selected = 'app_b';
    await apps.updateComplete;
    expect(items(apps)[0]!.querySelector('[aria-current]') !== null, true);
  });

  it('says what was created, after it is chosen', async () => {
    const { apps } = await open();
    const heard: string[] = [];
    for (const type of ['fapi-app-select', 'fapi-app-create'] as const) apps.addEventListener(type, ({ detail }) => heard.push(`${type} ${detail.app.title}`));
    press(apps, 'New app');
    const field = await until(() => find<HTMLInputElement>(apps, 'dialog[open] input'));
    field.value = 'Shop';
    field.form!.requestSubmit();
    await until(() => heard.length === 2);
    expect(heard, ['fapi-app-select Shop', 'fapi-app-create Shop']);
  });

  it('finds by name, says that nothing was found, and goes from name to name by keys', async () => {
    const { apps } = await open();
    const search = find<HTMLInputElement>(apps, '.search')!;
    search.value = 'ord';
    search.dispatchEvent(new Event('input'));
    await until(() => items(apps).length === 1);
    search.value = 'nothing like it';
    search.dispatchEvent(new Event('input'));
    await until(() => text(apps).includes('No apps found'));
    press(apps, 'Clear search');
    await until(() => items(apps).length === 2);
    find(apps, '.search')!.focus();
    const key = (name: string): void => void focused(apps)!.dispatchEvent(new KeyboardEvent('keydown', { key: name, bubbles: true, composed: true, cancelable: true }));
    key('ArrowDown');
    key('ArrowDown');
    expect(items(apps)[1]!.contains(focused(apps)), true);
    key('Home');
    expect(items(apps)[0]!.contains(focused(apps)), true);
  });

  it('has one way to the first app, and the focus is on it after the dialog', async () => {
    const apps = showApps(makeResponder());
    const ways = (): HTMLElement[] => [...apps.shadowRoot!.querySelectorAll<HTMLElement>('section button')].filter(({ textContent }) => textContent!.trim() === 'New app');
    await until(() => find(apps, '.notice'));
    expect(ways().length, 1);
    ways()[0]!.click();
    const dialog = await until(() => find<HTMLDialogElement>(apps, 'dialog[open]'));
    dialog.close();
    await until(() => apps.shadowRoot!.activeElement === ways()[0]);
  });

  it('begins at a press where there is no app yet: each starter is one by its own name, and New app still asks for another', async () => {
    const starters = [{ title: 'Hello', summary: 'One file.', files: [{ path: 'main.py', content: 'a = 1\n' }] }, { title: 'Todo', files: [{ path: 'main.py', content: 'b = 2\n' }] }];
    const { apps, responder } = await open((server) => { server.apps = []; }, { starters });
    const starts = await until(() => { const found = [...apps.shadowRoot!.querySelectorAll<HTMLElement>('[data-start]')]; return found.length > 0 && found; });
    expect([starts.map(words), find(apps, '.notice .new')!.innerText], [['Hello One file.', 'Todo'], 'New app']);
    await hasNoViolations(apps);
    const chosen = hear<{ appId: string }>(document.body, 'fapi-app-create');
    starts[1]!.focus();
    starts[1]!.click();
    await until(() => chosen.length === 1, 'the app');
    expect(responder.seen.filter(({ path, method }) => method === 'POST' && path === '/v1/apps').map(({ body }) => body), [{ title: 'Todo', files: starters[1]!.files }]);
    await until(() => find(apps, '[data-app]')?.contains(apps.shadowRoot!.activeElement), 'the focus on it');
    expect(apps.selected, chosen[0]!.appId);
  });

  it('creates from the starter that was chosen, and chooses what it made', async () => {
    const starters = [{ title: 'Hello', summary: 'One file.', files: [{ path: 'main.py', content: 'a = 1\n' }] }, { title: 'Todo', files: [{ path: 'main.py', content: 'b = 2\n' }] }];
    const { apps, responder } = await open(undefined, { starters });
    press(apps, 'New app');
    const dialog = await until(() => find<HTMLDialogElement>(apps, 'dialog[open]'));
    await hasNoViolations(apps);
    dialog.querySelectorAll<HTMLInputElement>('[type=radio]')[1]!.click();
    dialog.querySelector<HTMLInputElement>('[name=name]')!.value = 'Mine';
    dialog.querySelector<HTMLElement>('.primary')!.click();
    await until(() => apps.selected?.startsWith('app_new') && !find(apps, 'dialog'));
    expect(responder.seen.find(({ path, method }) => method === 'POST' && path === '/v1/apps')!.body, { title: 'Mine', files: starters[1]!.files });
    // What is not on the screen yet has no words there (content-visibility).
    await until(() => words(items(apps)[0]!).startsWith('Mine'), 'the new app on top');
  });

  it('leaves the focus where the page puts it when an app was created', async () => {
    const { apps } = await open();
    const field = document.createElement('textarea');
    document.body.append(field);
    apps.addEventListener('fapi-app-create', () => field.focus());
    press(apps, 'New app');
    const dialog = await until(() => find<HTMLDialogElement>(apps, 'dialog[open]'));
    const closed = new Promise((resolve) => { dialog.addEventListener('close', resolve); });
    find<HTMLElement>(apps, 'dialog .primary')!.click();
    await closed;
    await apps.updateComplete;
    await until(() => !find(apps, 'dialog'));
    expect(document.activeElement, field);
  });

  it('keeps the dialog open and says why an app cannot be created', async () => {
    const { apps, responder } = await open();
    press(apps, 'New app');
    const dialog = await until(() => find<HTMLDialogElement>(apps, 'dialog[open]'));
    responder.refuse('/v1/apps', 409, 'quota_exceeded');
    dialog.querySelector<HTMLElement>('.primary')!.click();
    await until(() => dialog.innerText.includes('no room for another app'));
    await hasNoViolations(apps);
    dialog.close();
    await until(() => focused(apps)?.classList.contains('new'));
  });

  it('offers what can be done with an app in a menu that floats, and takes it away with the focus', async () => {
    const { apps } = await open();
    press(apps, 'More actions for Orders');
    const menu = await until(() => find(apps, '.menu:popover-open'), 'the menu');
    await until(() => menu.contains(focused(apps)), 'the focus');
    expect(getComputedStyle(menu).position, 'fixed');
    await hasNoViolations(apps);
    find(apps, 'input')!.focus();
    await until(() => !find(apps, '.menu'), 'no menu');
    expect(focused(apps)?.localName, 'input');
  });

  it('goes through that menu by keys as menus have it, and gives the focus back', async () => {
    const { apps } = await open();
    const opener = find(apps, '[aria-label="More actions for Orders"]')!;
    const key = (name: string): boolean => focused(apps)!.dispatchEvent(new KeyboardEvent('keydown', { key: name, bubbles: true, composed: true, cancelable: true }));
    const at = (): string | null | undefined => focused(apps)?.getAttribute('data-act');
    opener.focus();
    key('ArrowDown');
    await until(() => at() === 'rename', 'the first');
    expect([opener.ariaHasPopup, opener.ariaExpanded, focused(apps)!.role, focused(apps)!.getAttribute('tabindex')], ['menu', 'true', 'menuitem', '-1']);
    const seen = ['ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowUp', 'Home', 'End', 'c'].map((name) => (key(name), at()));
    expect(seen, ['clone', 'delete', 'rename', 'delete', 'rename', 'delete', 'clone']);
    key('Escape');
    await until(() => !find(apps, '.menu'), 'no menu');
    expect(focused(apps) === opener, true);
    opener.click();
    await until(() => at() === 'rename');
    key('Tab');
    await until(() => !find(apps, '.menu') && focused(apps) === opener, 'the focus where Tab goes on from');
  });

  it('has that menu over a question, which keeps what was typed, and goes by keys there too', async () => {
    const { apps } = await open();
    const at = (): string | null | undefined => focused(apps)?.getAttribute('data-act');
    const key = (name: string): boolean => focused(apps)!.dispatchEvent(new KeyboardEvent('keydown', { key: name, bubbles: true, composed: true, cancelable: true }));
    const opener = find(apps, '[aria-label="More actions for Orders"]')!;
    opener.click();
    await until(() => at() === 'rename', 'the menu');
    press(apps, 'Rename Orders');
    await until(() => focused(apps)?.localName === 'input' && find(apps, 'form.rename'), 'the question');
    find<HTMLInputElement>(apps, 'form.rename input')!.value = 'Typed';
    opener.click();
    await until(() => at() === 'rename', 'the focus in the menu');
    expect(find<HTMLInputElement>(apps, 'form.rename input')?.value, 'Typed');
    key('ArrowDown');
    expect(at(), 'clone');
    // Somebody went back to the button by the pointer.
    opener.focus();
    key('ArrowDown');
    await until(() => at() === 'rename', 'the first');
    key('Escape');
    await until(() => !find(apps, '.menu') && focused(apps) === opener, 'the focus on what opened it');
    opener.click();
    await until(() => at() === 'rename', 'the menu again');
    press(apps, 'Rename Orders');
    await until(() => focused(apps)?.localName === 'input', 'the question');
    expect(find<HTMLInputElement>(apps, 'form.rename input')?.value, 'Typed');
  });

  it('takes the name that was typed when another question is opened, and keeps the field where it cannot be', async () => {
    const { apps, responder } = await open();
    const ask = async (app: string, act: string): Promise<void> => {
      press(apps, `More actions for ${app}`);
      await until(() => find(apps, '.menu'), 'the menu');
      press(apps, `${act} ${app}`);
    };
    const field = (): HTMLInputElement | null => find<HTMLInputElement>(apps, 'form.rename input');
    await ask('Orders', 'Rename');
    (await until(field, 'the question')).value = 'Bills';
    await ask('Hello', 'Rename');
    await until(() => field()?.value === 'Hello', 'the other question');
    await until(() => focused(apps) === field(), 'the focus in it');
    expect([responder.apps.map(({ title }) => title), calls(responder, 'PATCH').length], [['Bills', 'Hello'], 1]);
    field()!.value = '';
    await ask('Bills', 'Clone');
    await until(() => focused(apps) === field() && !find(apps, '.menu'), 'the field that was left empty');
    expect([field()!.value, find(apps, 'form.clone')], ['', null]);
    field()!.value = 'Refused';
    responder.refuse('/v1/apps/app_a', 503, 'unavailable');
    await ask('Bills', 'Clone');
    await until(() => find(apps, '.bar[data-status=failed]'), 'why');
    expect([field()?.value, find(apps, 'form.clone')], ['Refused', null]);
  });

  it('gives the focus back when that menu is hidden by what moves under it', async () => {
    const { apps } = await open();
    const opener = find(apps, '[aria-label="More actions for Orders"]')!;
    opener.click();
    await until(() => focused(apps)?.role === 'menuitem', 'the menu');
    window.dispatchEvent(new Event('resize'));
    await until(() => !find(apps, '.menu'), 'no menu');
    expect(focused(apps) === opener, true);
  });

  it('opens no menu by itself when its app comes back', async () => {
    const { apps, responder } = await open();
    await until(() => responder.openStreams > 0);
    const opener = find(apps, '[aria-label="More actions for Hello"]')!;
    opener.click();
    await until(() => focused(apps)?.role === 'menuitem', 'the menu');
    opener.focus();
    responder.send({ type: 'app_deleted', id: '', appId: 'app_a' });
    await until(() => items(apps).length === 1);
    responder.send({ type: 'app', id: '', appId: 'app_a', app: makeApp({ id: 'app_a', title: 'Hello' }) });
    await until(() => items(apps).length === 2);
    expect(find(apps, '.menu'), null);
  });

  it('clones with what was asked for, and renames', async () => {
    const { apps, responder } = await open();
    press(apps, 'More actions for Orders');
    await until(() => find(apps, '.menu'));
    press(apps, 'Clone Orders');
    const form = await until(() => find<HTMLFormElement>(apps, 'form.clone'));
    await hasNoViolations(apps);
    form.querySelector<HTMLSelectElement>('[name=from]')!.value = 'live';
    form.querySelector<HTMLSelectElement>('[name=environment]')!.value = 'keys';
    form.requestSubmit();
    await until(() => apps.selected === 'app_clone');
    expect(responder.seen.find(({ path }) => path.endsWith('/clone'))!.body, { title: 'Copy of Orders', from: 'live', environment: 'keys', deploy: false });
    press(apps, 'More actions for Hello');
    await until(() => find(apps, '.menu'));
    press(apps, 'Rename Hello');
    const rename = await until(() => find<HTMLFormElement>(apps, 'form.rename'));
    rename.querySelector('input')!.value = 'Renamed';
    rename.requestSubmit();
    await until(() => items(apps).some((item) => words(item).startsWith('Renamed')));
  });

  it('deletes with undo, and lists what can be restored', async () => {
    const { apps, responder } = await open();
    const remove = async (): Promise<void> => {
      press(apps, 'More actions for Orders');
      await until(() => find(apps, '.menu'));
      press(apps, 'Delete Orders');
      await until(() => focused(apps)?.hasAttribute('data-undo'));
    };
    await remove();
    expect([items(apps).length, calls(responder, 'DELETE')], [1, ['/v1/apps/app_b']]);
    await hasNoViolations(apps);
    press(apps, 'Undo');
    await until(() => items(apps).length === 2 && !find(apps, '[data-undo]'));
    await remove();
    press(apps, 'Deleted apps');
    await until(() => find(apps, '.deleted'));
    await hasNoViolations(apps);
    press(apps, 'Restore Orders');
    await until(() => text(apps).includes('No deleted apps'));
    press(apps, 'Back to apps');
    await until(() => items(apps).length === 2);
  });

  it('leaves it to a listener that cancels', async () => {
    const { apps, responder } = await open();
    apps.addEventListener('fapi-app-delete-request', (event) => event.preventDefault());
    press(apps, 'More actions for Orders');
    await until(() => find(apps, '.menu'));
    press(apps, 'Delete Orders');
    await apps.updateComplete;
    expect([items(apps).length, calls(responder, 'DELETE')], [2, []]);
  });

  it('remembers cards or table under its key', async () => {
    const { apps } = await open(undefined, { storageKey: 'portal-apps' });
    press(apps, 'Show as table');
    await until(() => find(apps, '[data-view=table] .heads'));
    await hasNoViolations(apps);
    await until(() => localStorage.getItem('portal-apps')?.includes('table'));
    const { apps: again } = await open(undefined, { storageKey: 'portal-apps' });
    expect(again.view, 'table');
    // Somebody else has what they chose, or the page did.
    const { apps: others } = await open((responder) => { responder.subject = 'somebody else'; }, { storageKey: 'portal-apps' });
    await until(() => others.view === 'cards');
    const { apps: back } = await open(undefined, { storageKey: 'portal-apps' });
    await until(() => back.view === 'table');
  });

  it('holds a thousand apps with names of 60 characters in a narrow column', async () => {
    const { apps } = await open((responder) => { responder.apps = Array.from({ length: 1_000 }, (_, index) => makeApp({ id: `app_${index}`, title: `${String(index).padStart(4, '0')}${'w'.repeat(56)}`, createdAt: new Date(1_700_000_000_000 - index * 1_000).toISOString() })); });
    apps.style.cssText = 'width: 232px; height: 400px';
    expect([items(apps).length, find(apps, 'h2 .number')!.textContent], [100, '1,000']);
    const list = find(apps, '.list')!;
    expect(list.scrollWidth <= list.clientWidth, true);
    press(apps, 'Show 100 more');
    await until(() => items(apps).length === 200);
    const search = find<HTMLInputElement>(apps, '.search')!;
    search.value = '0999';
    search.dispatchEvent(new Event('input'));
    await until(() => items(apps).length === 1);
  });

  it('says that there is none, tries again by itself, and says what is refused for good', async () => {
    const { apps: none } = await open((responder) => { responder.apps = []; });
    expect(text(none).includes('No apps yet'), true);
    await hasNoViolations(none);
    const { apps: broken, responder } = await open((one) => one.refuse('/v1/apps', 503, 'not_ready'));
    await until(() => text(broken).includes('cannot be read right now. Trying again.'));
    expect(text(broken).includes('No apps yet'), false);
    responder.accept('/v1/apps');
    await until(() => items(broken).length === 2);
    const { apps: refused } = await open((one) => one.refuse('/v1/apps', 403, 'forbidden'));
    await until(() => text(refused).includes('No permission') && text(refused).includes('req-123'));
    await hasNoViolations(refused);
    const alone = document.createElement('fapi-apps');
    document.body.append(alone);
    await until(() => text(alone).includes('Not connected'));
  });
});
