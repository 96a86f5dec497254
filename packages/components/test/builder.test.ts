import type { Deployment } from '@fapi/sdk/contract';
import type { FapiBuilder } from '../src/index.ts';
import { makeDeployment, makeResponder, type Responder, until } from '../scenes/server/responder.ts';
import { codeOf, contentOf, expect, find, hasNoViolations, hear, show, text } from './show.ts';

beforeEach(() => localStorage.clear());
afterEach(() => {
  document.body.replaceChildren();
  localStorage.clear();
});

const files = [{ path: 'main.py', content: 'a = 1\nb = 2\n' }, { path: 'routers/items.py', content: 'c = 3\n' }];
async function open(change: (responder: Responder) => void = () => undefined, width = 1_200): Promise<{ builder: FapiBuilder; responder: Responder }> {
  const responder = makeResponder(files);
  change(responder);
  const builder = show<FapiBuilder>('fapi-builder', responder);
  builder.style.width = `${width}px`;
  await until(() => builder.editor && contentOf(builder.editor));
  return { builder, responder };
}
const press = (target: Element, key: string, modifiers: KeyboardEventInit = {}): boolean => target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, composed: true, cancelable: true, ...modifiers }));
const palette = (builder: Element): HTMLElement => find(builder, 'fapi-palette')!;
const entries = (builder: Element): string[] => [...palette(builder).shadowRoot!.querySelectorAll('[role=option] .truncate')].map((one) => one.textContent ?? '');
const isOpen = (builder: Element): boolean => find<HTMLDialogElement>(palette(builder), 'dialog')?.open === true;
const chosen = (builder: Element): string | undefined => find(builder, '[role=tab][aria-selected=true]')?.textContent?.trim();

describe('fapi-builder', () => {
  it('says kindly what is missing', async () => {
    const alone = document.createElement('fapi-builder');
    document.body.append(alone);
    await until(() => text(alone).includes('Not connected'));
    const { builder } = await open();
    builder.appId = undefined;
    await until(() => text(builder).includes('Choose an app, or create one, to start editing.'));
  });

  it('has the editor with its panels, each made when it is first shown, Try among them where there is one', async () => {
    const { builder } = await open();
    expect([...builder.shadowRoot!.querySelectorAll('[role=tab]')].map((tab) => tab.textContent?.trim()), ['Deploy', 'Preview', 'Try', 'Logs', 'Metrics', 'History', 'Settings']);
    expect([find(builder, 'fapi-deploy-status') !== null, find(builder, 'fapi-history')], [true, null]);
    const heard = hear<{ panel: string }>(builder, 'fapi-panel-change');
    expect([builder.show('history'), builder.show('nothing')], [true, false]);
    await until(() => find(builder, 'fapi-history'));
    expect([chosen(builder), heard], ['History', [{ panel: 'history' }]]);
    builder.panels = 'logs deploy';
    await until(() => builder.shadowRoot!.querySelectorAll('[role=tab]').length === 2);
    await hasNoViolations(builder);
  });

  it('finds a command by its letters and does it', async () => {
    const { builder, responder } = await open();
    expect(press(contentOf(builder.editor!)!, 'P', { ctrlKey: true, shiftKey: true }), false);
    await until(() => isOpen(builder));
    await hasNoViolations(builder);
    const input = find<HTMLInputElement>(palette(builder), 'input')!;
    input.value = 'dep';
    input.dispatchEvent(new Event('input'));
    await until(() => entries(builder)[0] === 'Deploy');
    press(input, 'Enter');
    await until(() => !isOpen(builder) && responder.seen.some(({ path }) => path.endsWith('/deployments')));
  });

  it('goes to a file by part of its path, by keys', async () => {
    const { builder } = await open();
    press(contentOf(builder.editor!)!, 'p', { metaKey: true });
    await until(() => isOpen(builder) && entries(builder).length === 2);
    press(find(palette(builder), 'input')!, 'ArrowDown');
    await until(() => find(palette(builder), '[role=option]:nth-child(2)[aria-selected=true]'));
    press(find(palette(builder), 'input')!, 'Enter');
    await until(() => codeOf(builder.editor!)?.path === 'routers/items.py');
  });

  it('lists what keys do under ?, and leaves a ? that is typed to the text', async () => {
    const { builder } = await open();
    const dialog = find<HTMLDialogElement>(builder, 'dialog.keys')!;
    press(contentOf(builder.editor!)!, '?');
    expect(dialog.open, false);
    press(find(builder, '[role=tab]')!, '?');
    await until(() => dialog.open);
    await hasNoViolations(builder);
    dialog.close();
  });

  it('leaves the keys of the page outside of it alone', async () => {
    const { builder } = await open();
    const field = document.createElement('button');
    document.body.append(field);
    expect([press(field, 'p', { ctrlKey: true }), press(field, '?'), isOpen(builder)], [true, true, false]);
  });

  it('hides, shows and resizes panels by keys, and remembers it under its key', async () => {
    const { builder } = await open();
    const [files, side] = [...builder.editor!.shadowRoot!.querySelectorAll<HTMLElement>('.separator')] as [HTMLElement, HTMLElement];
    const width = (selector: string): number => Math.round(find(builder.editor!, selector)!.getBoundingClientRect().width);
    press(side, 'ArrowLeft');
    await until(() => width('.pane.side') === 416);
    press(files, 'Enter');
    await until(() => width('.pane.files') === 0 && files.getAttribute('aria-valuenow') === '0');
    find(builder, '[aria-label="Show or hide the files"]')!.click();
    await until(() => width('.pane.files') > 100);
    press(files, 'Enter');
    await until(() => width('.pane.files') === 0);
    builder.show('logs');
    // Once it is known whose it is.
    await until(() => localStorage.getItem('fapi-builder')?.includes('logs'), 'what is remembered');
    document.body.replaceChildren();
    const { builder: again } = await open();
    await until(() => again.editor!.arrangement.sideWidth === 416 && !again.editor!.arrangement.areFilesShown && chosen(again) === 'Logs');
    document.body.replaceChildren();
    localStorage.setItem('fapi-builder', JSON.stringify({ last: 'default/tester', of: { 'default/tester': { panel: 7, arrangement: { sideWidth: 'wide', filesWidth: 99_999, nonsense: 1 } } } }));
    const { builder: wild } = await open();
    expect([wild.editor!.arrangement.sideWidth, wild.editor!.arrangement.filesWidth, chosen(wild)], [400, 420, 'Deploy']);
  });

  it('has the files of each app open again that were, as far as they are there, and the one that was shown', async () => {
    const tabs = (builder: FapiBuilder): (string | undefined)[] => [...builder.editor!.shadowRoot!.querySelectorAll<HTMLElement>('.tab .name')].map(({ title }) => title);
    const { builder } = await open();
    expect([tabs(builder), localStorage.length], [['main.py'], 0]);
    await builder.editor!.open('routers/items.py');
    await builder.editor!.open('main.py');
    await builder.editor!.open('routers/items.py');
    await until(() => localStorage.getItem('fapi-builder')?.includes('items.py'));
    expect(localStorage.getItem('fapi-builder')!.includes('c = 3'), false);
    document.body.replaceChildren();
    const { builder: again } = await open();
    expect([tabs(again), codeOf(again.editor!)?.path], [['main.py', 'routers/items.py'], 'routers/items.py']);
    document.body.replaceChildren();
    const { builder: without } = await open((responder) => { responder.draft = { ...responder.draft, files: responder.draft.files.filter(({ path }) => path !== 'routers/items.py') }; });
    expect(tabs(without), ['main.py']);
    document.body.replaceChildren();
    const { builder: bobs } = await open((responder) => { responder.subject = 'bob'; });
    await until(() => localStorage.getItem('fapi-builder')!.startsWith('{"last":"default/bob"') && tabs(bobs).length === 1);
  });

  it('is as each of two people on one browser left it, and as the last one did until it is known who it is', async () => {
    const as = (subject: string) => open((responder) => { responder.subject = subject; });
    const width = (builder: FapiBuilder): number => builder.editor!.arrangement.sideWidth;
    const kept = (): string => localStorage.getItem('fapi-builder') ?? '';
    const { builder: adas } = await as('ada');
    adas.editor!.arrange({ sideWidth: 500 });
    adas.show('logs');
    await until(() => kept().includes('default/ada') && kept().includes('logs'));
    document.body.replaceChildren();
    const { builder: bobs } = await as('bob');
    await until(() => width(bobs) === 400 && chosen(bobs) === 'Deploy');
    expect(kept().includes('default/bob"'), true);
    bobs.editor!.arrange({ sideWidth: 440 });
    await until(() => kept().includes('440'));
    document.body.replaceChildren();
    const { builder: first, responder } = await open((held) => {
      held.subject = 'ada';
      held.hold('/v1/session');
    });
    expect([width(first), responder.seen.some(({ path }) => path === '/v1/session')], [440, true]);
    document.body.replaceChildren();
    const { builder: again } = await as('ada');
    await until(() => width(again) === 500 && chosen(again) === 'Logs');
    document.body.replaceChildren();
    // What is changed before it is known by whom is changed in one's own, and nothing else is.
    let letGo: (() => void) | undefined;
    const { builder: early } = await open((held) => {
      held.subject = 'bob';
      letGo = held.hold('/v1/session');
    });
    early.editor!.arrange({ filesWidth: 300 });
    await early.editor!.deploy();
    expect([width(early), chosen(early)], [500, 'Deploy']);
    letGo!();
    await until(() => width(early) === 440);
    await early.updateComplete;
    const { of } = JSON.parse(kept()) as { of: Record<string, { panel: string; arrangement: { sideWidth: number; filesWidth: number } }> };
    expect([early.editor!.arrangement.filesWidth, chosen(early)], [300, 'Deploy']);
    expect(['bob', 'ada'].map((one) => of[`default/${one}`]!).map(({ panel, arrangement: { sideWidth, filesWidth } }) => [panel, sideWidth, filesWidth]), [['deploy', 440, 300], ['logs', 500, again.editor!.arrangement.filesWidth]]);
  });

  it('opens the card of a deploy that fails and puts the cursor on the line', async () => {
    const { builder, responder } = await open();
    builder.show('logs');
    builder.editor!.arrange({ isSideShown: false });
    await builder.editor!.deploy();
    const at = '2026-11-24T10:00:01.000Z';
    responder.send({ type: 'deployment', id: '1', appId: builder.appId!, deployment: makeDeployment({ status: 'failed', reason: 'import_failed', endedAt: at, stages: [{ name: 'queued', startedAt: at, endedAt: at }, { name: 'preparing', startedAt: at, endedAt: at }], failure: { phase: 'import', class: 'import', type: 'NameError', message: 'no x', frames: [{ file: 'main.py', line: 2 }], output: [] } }) });
    await until(() => find(find(builder, 'fapi-deploy-status')!, '.failure'));
    expect([chosen(builder), builder.editor!.arrangement.isSideShown], ['Deploy', true]);
    await until(() => codeOf(builder.editor!)?.shadowRoot?.querySelector('.cm-activeLine')?.textContent === 'b = 2');
  });

  it('shows the deploy that fails in here once, and goes nowhere for one of somebody else', async () => {
    const { builder, responder } = await open();
    const ends = hear(builder, 'fapi-deploy-end');
    const at = '2026-11-24T10:00:01.000Z';
    const fail = (change: Partial<Deployment>): void => responder.send({ type: 'deployment', id: '', appId: builder.appId!, deployment: makeDeployment({ status: 'failed', reason: 'runner_lost', endedAt: at, ...change }) });
    await builder.editor!.deploy();
    fail({});
    await until(() => ends.length > 0);
    await until(() => find(find(builder, 'fapi-deploy-status')!, '.failure'));
    expect([chosen(builder), ends.length], ['Deploy', 1]);
    builder.show('logs');
    fail({ id: 'dep_2', generation: 2 });
    await until(() => ends.length > 1);
    await builder.updateComplete;
    expect([chosen(builder), ends.length], ['Logs', 2]);
  });

  it('shows the name of the chosen panel whole where the names have not all room, and scrolls nothing else', async () => {
    document.documentElement.lang = 'de';
    try {
      const { builder } = await open(undefined, 360);
      const line = find(builder, '[role=tablist]')!;
      for (const panel of ['settings', 'deploy']) {
        builder.show(panel);
        await until(() => find(builder, `#tab-${panel}`)?.getAttribute('aria-selected') === 'true');
        await until(() => {
          const [tab, box] = [find(builder, `#tab-${panel}`)!.getBoundingClientRect(), line.getBoundingClientRect()];
          return tab.width > 0 && tab.left >= box.left - 1 && tab.right <= box.right + 1;
        }, `the name of ${panel}, whole`);
      }
      expect(document.scrollingElement!.scrollLeft, 0);
    } finally {
      document.documentElement.lang = 'en';
    }
  });

  it('is worked at 360 px: one pane at a time, chosen at the bottom', async () => {
    const { builder } = await open(undefined, 360);
    const panes = [...builder.editor!.shadowRoot!.querySelectorAll<HTMLElement>('nav.switch button')];
    expect(panes.map((one) => one.textContent?.trim()), ['Files', 'Code', 'Status']);
    panes[2]!.click();
    await until(() => find(builder, '.tabs')!.getBoundingClientRect().width > 300);
    expect(find(builder.editor!, '.root')!.scrollWidth <= 360, true);
  });

  it('has its commands in sight at 360 px, and no switches of panels that are not there', async () => {
    const { builder } = await open(undefined, 360);
    const [files, side, commands] = [...builder.shadowRoot!.querySelectorAll<HTMLElement>('.view > button')] as [HTMLElement, HTMLElement, HTMLElement];
    expect([files, side, commands].map((button) => button.checkVisibility()), [false, false, true]);
    const box = commands.getBoundingClientRect();
    expect([box.right <= builder.getBoundingClientRect().right, box.width >= 24, find(builder.editor!, '.root')!.scrollWidth <= 360], [true, true, true]);
    commands.click();
    await until(() => isOpen(builder) && ['Go to file', 'Find in project'].every((word) => entries(builder).some((entry) => entry.startsWith(word))));
  });
});
