import type { FapiSettings } from '../src/index.ts';
import { appId, makeResponder, type Responder, until } from '../scenes/server/responder.ts';
import { expect, find, hasNoViolations, show, text } from './show.ts';

afterEach(() => {
  document.body.replaceChildren();
  document.documentElement.removeAttribute('lang');
});

const secret = 'hunter2-and-more';
const saves = (responder: Responder): unknown[] => responder.seen.filter(({ method, path }) => method === 'PUT' && path.endsWith('/environment'));
const rows = (settings: Element): string[] => [...settings.shadowRoot!.querySelectorAll<HTMLElement>('.variables > li')].map(({ dataset }) => dataset['key']!);
const field = <T extends HTMLInputElement | HTMLTextAreaElement>(settings: Element, name: string): T | null => find<T>(settings, `form [name="${name}"]`);
const named = (settings: Element, name: string): HTMLElement => [...settings.shadowRoot!.querySelectorAll<HTMLElement>('button')].find((one) => (one.getAttribute('aria-label') ?? one.innerText.trim()) === name)!;
const title = (settings: Element): string | undefined => find(settings, 'form h3')?.textContent ?? undefined;
function type(settings: Element, name: string, value: string): void {
  const input = field(settings, name)!;
  input.value = value;
  input.dispatchEvent(new Event('input', { bubbles: true }));
}

async function open(): Promise<{ settings: FapiSettings; responder: Responder }> {
  const responder = makeResponder();
  responder.environment = { appId, version: 1, variables: [{ name: 'OLD', value: 'x', secret: false, scope: 'both' }, { name: 'REGION', value: 'eu', secret: false, scope: 'both' }, { name: 'TOKEN', secret: true, scope: 'live' }, { name: 'WORD', secret: true, scope: 'both' }] };
  const settings = show<FapiSettings>('fapi-settings', responder);
  await until(() => rows(settings).length === 4, 'the list');
  return { settings, responder };
}
async function typed(): Promise<Awaited<ReturnType<typeof open>>> {
  const opened = await open();
  named(opened.settings, 'Add variable').click();
  await until(() => find(opened.settings, 'form'), 'the form');
  type(opened.settings, 'name', 'NEW_KEY');
  type(opened.settings, 'value', secret);
  return opened;
}
const values = (settings: Element): unknown[] => [field(settings, 'name')?.value, field(settings, 'value')?.value];
async function remove(settings: Element, name: string): Promise<void> {
  named(settings, `Delete ${name}`).click();
  (await until(() => find(settings, '.asks button'), 'the question')).click();
  await until(() => !rows(settings).some((key) => key.startsWith(`${name} `)), 'it is gone');
}

describe('what is typed into fapi-settings', () => {
  it('stays when another variable is deleted meanwhile, and is saved with one click', async () => {
    const { settings, responder } = await typed();
    await remove(settings, 'OLD');
    expect([values(settings), find(settings, '.asks')], [['NEW_KEY', secret], null]);
    named(settings, 'Save').click();
    await until(() => rows(settings).includes('NEW_KEY both'), 'the new one');
    expect([saves(responder).length, find(settings, 'form')], [2, null]);
  });

  it('goes with the variable that it was for, when that is deleted', async () => {
    const { settings } = await open();
    named(settings, 'Replace OLD').click();
    await until(() => find(settings, 'form'), 'the form');
    type(settings, 'value', secret);
    await remove(settings, 'OLD');
    expect(find(settings, 'form'), null);
  });

  for (const [act, from, to] of [['Replace TOKEN', 'Add variable', 'Replace TOKEN'], ['Paste .env', 'Add variable', 'Paste .env'], ['Add variable', 'Add variable', undefined]] as const) {
    it(`is not lost to "${act}": that waits for a word`, async () => {
      const { settings } = await typed();
      named(settings, act).click();
      await until(() => find(settings, '.unsaved'), 'the question');
      expect([title(settings), values(settings), settings.shadowRoot!.activeElement?.textContent], [from, ['NEW_KEY', secret], 'Keep']);
      await hasNoViolations(settings);
      named(settings, 'Keep').click();
      await until(() => !find(settings, '.unsaved'), 'no question');
      expect([title(settings), values(settings), settings.shadowRoot!.activeElement === field(settings, 'name') || settings.shadowRoot!.activeElement === field(settings, 'value')], [from, ['NEW_KEY', secret], true]);
      named(settings, act).click();
      (await until(() => find(settings, '[data-discard]'), 'the question')).click();
      await until(() => title(settings) === to && !find(settings, '.unsaved'), 'what was asked for');
      expect([field(settings, 'value')?.value || undefined, field(settings, 'pasted')?.value || undefined, to === undefined ? settings.shadowRoot!.activeElement?.hasAttribute('data-add') : find(settings, 'form')!.contains(settings.shadowRoot!.activeElement)], [undefined, undefined, true]);
    });
  }

  it('is not lost to a variable that is asked for elsewhere, nor is what was read from a file', async () => {
    const { settings } = await open();
    named(settings, 'Paste .env').click();
    await until(() => find(settings, 'form'), 'the form');
    type(settings, 'pasted', 'API_KEY=1\n');
    named(settings, 'Preview').click();
    await until(() => find(settings, '.pasted'), 'what was read');
    document.dispatchEvent(new CustomEvent('fapi-open-variable', { detail: { appId, name: 'STRIPE_KEY' } }));
    (await until(() => find(settings, '[data-keep]'), 'the question')).click();
    await until(() => !find(settings, '.unsaved'), 'no question');
    expect(find(settings, '.pasted') !== null, true);
    document.dispatchEvent(new CustomEvent('fapi-open-variable', { detail: { appId, name: 'STRIPE_KEY' } }));
    (await until(() => find(settings, '[data-discard]'), 'the question')).click();
    await until(() => field(settings, 'name')?.value === 'STRIPE_KEY' && settings.shadowRoot!.activeElement === field(settings, 'value'), 'the form of the one that was asked for');
  });

  it('asks nothing where nothing is typed, and marks each variable as secret that is', async () => {
    const { settings } = await open();
    for (const name of ['TOKEN', 'WORD', 'REGION', 'WORD', 'TOKEN']) {
      named(settings, `Replace ${name}`).click();
      await until(() => title(settings) === `Replace ${name}`, name);
      expect([find(settings, '.unsaved'), field<HTMLInputElement>(settings, 'secret')!.checked], [null, name !== 'REGION']);
    }
  });

  it('stays when the panel is moved within the page', async () => {
    const { settings } = await typed();
    const place = document.createElement('div');
    settings.parentElement!.append(place);
    place.append(settings);
    await settings.updateComplete;
    await until(() => rows(settings).length === 4, 'the list');
    expect([title(settings), values(settings)], ['Add variable', ['NEW_KEY', secret]]);
  });

  it('stays what it is while something else is saved that was begun before it', async () => {
    const { settings, responder } = await typed();
    const letGo = responder.hold(`PUT /v1/apps/${appId}/environment`);
    named(settings, 'Save').click();
    await until(() => saves(responder).length === 1, 'the save');
    named(settings, 'Cancel').click();
    await until(() => !find(settings, 'form'), 'no form');
    named(settings, 'Replace REGION').click();
    await until(() => find(settings, 'form'), 'the form');
    type(settings, 'value', 'us');
    letGo();
    await until(() => rows(settings).includes('NEW_KEY both'), 'what was saved');
    expect([title(settings), field(settings, 'value')?.value], ['Replace REGION', 'us']);
  });
});

it('says in German what is wrong in a file that was pasted', async () => {
  document.documentElement.lang = 'de';
  const { settings } = await open();
  named(settings, '.env einfügen').click();
  await until(() => find(settings, 'form'), 'the form');
  type(settings, 'pasted', 'PORT=80\n\nno equals\n');
  named(settings, 'Vorschau').click();
  await until(() => text(settings).includes('Zeile 3: In dieser Zeile fehlt ein ='), 'the line');
});
