import type { FapiBuilder, FapiDeployStatus, FapiProvider } from '../src/index.ts';
import { makeDeployment, makeResponder, until } from '../scenes/server/responder.ts';
import { contentOf, expect, find, show } from './show.ts';

afterEach(() => {
  document.documentElement.dir = '';
  document.body.replaceChildren();
});

/** The builder with as much to say as it ever has, in German. */
async function open(width: number): Promise<FapiBuilder> {
  const live = makeDeployment({ id: 'dep_0', status: 'live', liveAt: '2026-11-24T10:00:01.000Z' });
  const responder = makeResponder(undefined, { title: 'Inventory', live, latest: makeDeployment({ generation: 2, status: 'failed', reason: 'startup_failed' }), rollout: 'failed', health: 'running', freshness: 'not_deployed', changes: { code: true, environment: false, dependencies: false, settings: false } });
  const builder = show<FapiBuilder>('fapi-builder', responder);
  (builder.parentElement as FapiProvider).locale = 'de';
  builder.style.width = `${width}px`;
  await until(() => builder.editor && contentOf(builder.editor) && find(builder.editor, '.chip')?.textContent?.trim() === 'Entwurf nicht live', 'the words');
  return builder;
}
const isCut = (element: HTMLElement): boolean => element.scrollWidth > element.clientWidth + 1 && getComputedStyle(element).display !== 'inline';

describe('German words', () => {
  it('are whole on a page of 1,440 px: the title, each fact, and every panel without scrolling', async () => {
    // Beside a list of apps, as the demo has it.
    const builder = await open(1_168);
    const parts = ['.title', '.facts .word', '.rollout .word', '.chip', '.save', '.deploy'].map((selector) => find(builder.editor!, selector)!);
    expect(parts.filter(isCut).map(({ textContent }) => textContent), []);
    const tabs = find(builder, '.tabs')!;
    expect([tabs.scrollWidth - tabs.clientWidth, [...tabs.querySelectorAll('button')].map(({ textContent }) => textContent!.trim())], [0, ['Stand', 'Vorschau', 'Anfrage', 'Logs', 'Metriken', 'Verlauf', 'Einstellungen']]);
  });

  it('leave a title of one word whole at 360 px', async () => {
    const builder = await open(344);
    const title = find(builder.editor!, '.title')!;
    expect([title.getBoundingClientRect().height < 30, isCut(title)], [true, false]);
    const [save, deploy] = ['.save', '.deploy'].map((selector) => find(builder.editor!, selector)!) as [HTMLElement, HTMLElement];
    expect([isCut(save), isCut(deploy), save.getBoundingClientRect().top >= deploy.getBoundingClientRect().bottom - 8], [false, false, true]);
  });
});

describe('the card of a failure', () => {
  it('gives its messages the whole width of a narrow panel, with the place below each', async () => {
    const file = `${'routers/'.repeat(4)}orders_of_customers.py`;
    const at = { line: 1, column: 1 };
    const findings = ['invalid syntax', 'a sentence that is longer than one line of a panel beside the code, which is not wide'].map((message) => ({ code: 'X1', severity: 'error' as const, source: 'syntax' as const, file, start: at, end: at, message }));
    const responder = makeResponder(undefined, { latest: makeDeployment({ status: 'failed', reason: 'validation_failed', findings }) });
    const status = show<FapiDeployStatus>('fapi-deploy-status', responder);
    for (const width of [360, 400]) {
      status.style.width = `${width}px`;
      const rows = await until(() => { const all = [...status.shadowRoot!.querySelectorAll<HTMLElement>('.finding')]; return all.length === 2 && all; });
      const room = find(status, '.findings')!.clientWidth - 64;
      for (const row of rows) {
        const [what, where] = ['.what', '.where'].map((part) => row.querySelector(part)!.getBoundingClientRect()) as [DOMRect, DOMRect];
        expect([what.width >= room, where.top >= what.bottom - 1, Math.round(where.left) <= Math.round(what.left)], [true, true, true]);
      }
    }
  });
});

describe('keys', () => {
  it('are named as on a German keyboard, in the list and in the palette', async () => {
    const builder = await open(1_168);
    const list = [...builder.shadowRoot!.querySelectorAll('dialog.keys kbd')].map(({ textContent }) => textContent!);
    const { entries } = find(builder, 'fapi-palette') as HTMLElement & { entries: { keys?: string }[] };
    expect([list.includes('Strg+Umschalt+F'), list.includes('Entf'), entries.some(({ keys }) => keys === 'Strg+K Strg+I')], [true, true, true]);
    expect([...list, ...entries.flatMap(({ keys }) => keys ?? [])].filter((keys) => /Ctrl|Shift|Delete/.test(keys)), []);
  });
});

describe('a page that runs from right to left', () => {
  it('has the same space before a title, the name of a tab and the files as one from left to right', async () => {
    const builder = await open(1_168);
    const spaces = (): number[] => [['.toolbar', '.title'], ['.tab', '.name > *'], ['.routes', '.routes-head > *']].map(([outer, inner]) => {
      const [box, word] = [find(builder.editor!, outer!)!.getBoundingClientRect(), find(builder.editor!, inner!)!.getBoundingClientRect()];
      return Math.round(document.documentElement.dir === 'rtl' ? box.right - word.right : word.left - box.left);
    });
    const before = spaces();
    document.documentElement.dir = 'rtl';
    expect(spaces(), before);
  });
});
