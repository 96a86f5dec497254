import type { FapiEditor, FapiFind } from '../src/index.ts';
import { createMatcher } from '../src/elements/find/matcher.ts';
import { searchFiles } from '../src/elements/find/search.ts';
import { makeResponder, type Responder, until } from '../scenes/server/responder.ts';
import { codeOf, contentOf, expect, find, hasNoViolations, show, typeInto } from './show.ts';

afterEach(() => document.body.replaceChildren());

const files = [
  { path: 'main.py', content: 'import items\n\n\ndef read_item(item: str):\n    return items.get(item)\n' },
  { path: 'routers/items.py', content: '# Items\nitems = {}\n' },
  { path: 'zoo.py', content: 'zoo = 1\n' },
];

async function open(responder: Responder = makeResponder(files), isReadOnly = false): Promise<{ editor: FapiEditor; panel: FapiFind; responder: Responder }> {
  const editor = show<FapiEditor>('fapi-editor', responder);
  editor.autosave = 'off';
  editor.readonly = isReadOnly;
  await until(() => contentOf(editor), 'the code editor');
  contentOf(editor)!.dispatchEvent(new KeyboardEvent('keydown', { key: 'F', ctrlKey: true, shiftKey: true, bubbles: true, composed: true, cancelable: true }));
  const panel = await until(() => find<FapiFind>(editor, 'fapi-find'), 'the panel');
  await until(() => panel.shadowRoot!.activeElement?.getAttribute('name') === 'text', 'the cursor in it');
  return { editor, panel, responder };
}
function type(panel: FapiFind, name: string, typed: string): void {
  const input = find<HTMLInputElement>(panel, `input[name=${name}]`)!;
  input.value = typed;
  input.dispatchEvent(new Event('input', { bubbles: true }));
}
const rows = (panel: FapiFind): string[] => [...panel.shadowRoot!.querySelectorAll('.row')].map((row) => row.textContent!.replaceAll(/\s+/g, ' ').trim());
const counted = (panel: FapiFind, words: string) => until(() => find(panel, '.count')?.textContent === words, words);
const press = (panel: FapiFind, key: string): void => void (panel.shadowRoot!.activeElement ?? panel).dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, composed: true, cancelable: true }));

describe('fapi-find', () => {
  it('finds in every file, by file with counts, and by case, word and expression when asked', async () => {
    const { panel } = await open();
    type(panel, 'text', 'ITEM');
    await counted(panel, '7 matches in 2 files');
    expect(rows(panel).slice(0, 3), ['main.py5', 'Line 11import items', 'Line 44def read_item(item: str):']);
    await hasNoViolations(panel);
    for (const [flag, words] of [['isWholeWord', '2 matches in 1 file'], ['isCaseKept', 'Nothing found']] as const) {
      find(panel, `[data-flag=${flag}]`)!.click();
      await counted(panel, words);
    }
    find(panel, '[data-flag=isWholeWord]')!.click();
    find(panel, '[data-flag=isRegExp]')!.click();
    type(panel, 'text', '^[iz]\\w+ =');
    await counted(panel, '2 matches in 2 files');
  });

  it('looks for what is selected in the code, selected itself; over lines it is left alone, and an expression finds it as it stands', async () => {
    const { editor, panel } = await open();
    const ask = async (from: number, to: number): Promise<string> => {
      await editor.focusCode();
      codeOf(editor)!.act((view) => view.dispatch({ selection: { anchor: from, head: to } }));
      contentOf(editor)!.dispatchEvent(new KeyboardEvent('keydown', { key: 'F', ctrlKey: true, shiftKey: true, bubbles: true, composed: true, cancelable: true }));
      await until(() => panel.shadowRoot!.activeElement?.getAttribute('name') === 'text', 'the cursor in it');
      const { value, selectionStart, selectionEnd } = find<HTMLInputElement>(panel, 'input[name=text]')!;
      return value.slice(selectionStart!, selectionEnd!);
    };
    const at = files[0]!.content.indexOf('.get(item)');
    expect(await ask(at, at + '.get(item)'.length), '.get(item)');
    await counted(panel, '1 match in 1 file');
    expect(await ask(at, at), '.get(item)');
    expect(await ask(0, at), '.get(item)');
    find(panel, '[data-flag=isRegExp]')!.click();
    expect(await ask(at + '.get(item)'.length, at), '\\.get\\(item\\)');
    await counted(panel, '1 match in 1 file');
  });

  it('jumps to a place by keys, and closes with Escape', async () => {
    const { editor, panel } = await open();
    type(panel, 'text', 'items =');
    await counted(panel, '1 match in 1 file');
    press(panel, 'ArrowDown');
    press(panel, 'ArrowDown');
    const row = panel.shadowRoot!.activeElement as HTMLElement;
    expect(row.textContent!.replaceAll(/\s+/g, ' ').trim(), 'Line 22items = {}');
    row.click();
    await until(() => find(editor, '.tab[data-active=true] .name')?.title === 'routers/items.py' && find(find(editor, 'fapi-code')!, '.cm-activeLine')?.textContent === 'items = {}', 'the place');
    press(panel, 'ArrowDown');
    press(panel, 'ArrowUp');
    press(panel, 'Escape');
    await until(() => !find(editor, 'fapi-find') && !find(editor, 'fapi-file-tree')!.hidden);
  });

  it('says why it cannot search for an expression', async () => {
    const { panel } = await open();
    find(panel, '[data-flag=isRegExp]')!.click();
    for (const [typed, words] of [['(a', 'Invalid regular expression: “(” is never closed'], ['(?=a)', 'Lookaround'], ['(?:(?:a{50}){50}){50}', 'too large']] as const) {
      type(panel, 'text', typed);
      await until(() => find(panel, '[role=alert]')?.textContent?.includes(words), words);
      await hasNoViolations(panel);
    }
    type(panel, 'text', 'a.*(x');
    type(panel, 'text', 'zoo');
    await counted(panel, '1 match in 1 file');
    expect(find(panel, '[role=alert]'), null);
  });

  it('shows what would become of each place, replaces in one file or in all, and takes it back file by file', async () => {
    const { editor, panel, responder } = await open();
    find(panel, '[data-replace-toggle]')!.click();
    await until(() => panel.shadowRoot!.activeElement?.matches('input[name=replacement]'), 'the focus in the field');
    find(panel, '[data-flag=isRegExp]')!.click();
    find(panel, '[data-flag=isCaseKept]')!.click();
    type(panel, 'text', 'item(s?)');
    await counted(panel, '6 matches in 2 files');
    type(panel, 'replacement', 'thing$1');
    await until(() => rows(panel)[1] === 'Line 11import itemsthings');
    await hasNoViolations(panel);
    // What is found stays previewed while the next search is under way.
    type(panel, 'text', 'zoo(s?)');
    await panel.updateComplete;
    expect(rows(panel)[1], 'Line 11import itemsthings');
    await counted(panel, '1 match in 1 file');
    type(panel, 'text', 'item(s?)');
    await counted(panel, '6 matches in 2 files');
    find(panel, '[data-replace="routers/items.py"]')!.click();
    await counted(panel, '5 matches in 1 file');
    expect([...(await until(() => find(panel, '.replaced')))!.querySelectorAll('bdi')].map(({ textContent }) => textContent), ['routers/items.py']);
    find(panel, '[data-undo]')!.click();
    await counted(panel, '6 matches in 2 files');
    find(panel, '[data-replace-all]')!.click();
    await until(() => find(panel, '.replaced summary')?.textContent?.trim() === '6 replaced in 2 files', 'how many were replaced');
    // That nothing is left of them is not said as if nothing had been there.
    await counted(panel, '');
    expect(contentOf(editor)!.innerText.includes('import things'), true);
    await editor.save();
    expect(responder.draft.files.map(({ content }) => content), ['import things\n\n\ndef read_thing(thing: str):\n    return things.get(thing)\n', '# Items\nthings = {}\n', 'zoo = 1\n']);
    // One step of undo in the file that is open, as if it were typed.
    contentOf(editor)!.focus();
    contentOf(editor)!.dispatchEvent(new KeyboardEvent('keydown', { key: 'z', code: 'KeyZ', keyCode: 90, ctrlKey: true, bubbles: true, composed: true, cancelable: true }));
    await until(() => contentOf(editor)!.innerText.includes('import items'));
    await until(() => find(panel, '.replaced')!.textContent!.includes('changed since'));
    find(panel, '[data-undo-all]')!.click();
    await counted(panel, '6 matches in 2 files');
    await editor.save();
    expect(responder.draft.files, files);
  });

  it('replaces nothing for who may only read', async () => {
    const { panel } = await open(makeResponder(files), true);
    type(panel, 'text', 'zoo');
    await counted(panel, '1 match in 1 file');
    expect([find(panel, '[data-replace-toggle]'), find(panel, '[data-replace-all]')], [null, null]);
  });

  it('replaces all of more places than it lists, with turns for the page', async () => {
    const many = Array.from({ length: 30 }, (_, index) => ({ path: `f${index}.py`, content: 'x = 1\n'.repeat(1_000) }));
    const { editor, panel, responder } = await open(makeResponder(many));
    find(panel, '[data-replace-toggle]')!.click();
    type(panel, 'text', 'x');
    await counted(panel, '10,000+ matches in 10 files');
    type(panel, 'replacement', 'y');
    await panel.updateComplete;
    find(panel, '[data-replace-all]')!.click();
    await until(() => find(panel, '.replaced summary')?.textContent?.trim() === '30,000 replaced in 30 files', 'how many were replaced');
    await counted(panel, '');
    await editor.save();
    expect(responder.draft.files.filter(({ content }) => content !== 'y = 1\n'.repeat(1_000)), []);
    find(panel, '[data-undo-all]')!.click();
    await counted(panel, '10,000+ matches in 10 files');
  });

  /** Replaces all in a small file and many after it, and comes back after a turn of the page: the first is made, the last is not. */
  async function replaceMany(): Promise<Awaited<ReturnType<typeof open>>> {
    const many = [{ path: 'main.py', content: 'x = 1\n' }, ...Array.from({ length: 30 }, (_, index) => ({ path: `z${index}.py`, content: 'x = 1\n'.repeat(1_000) }))];
    const opened = await open(makeResponder(many));
    const { panel } = opened;
    find(panel, '[data-replace-toggle]')!.click();
    find(panel, '[data-flag=isRegExp]')!.click();
    type(panel, 'text', '(x) =');
    await counted(panel, '10,000+ matches in 11 files');
    type(panel, 'replacement', '$1y =');
    await panel.updateComplete;
    find(panel, '[data-replace-all]')!.click();
    await new Promise((resolve) => setTimeout(resolve));
    expect(panel.isAtWork, true);
    return opened;
  }
  const savedOf = async ({ editor, responder }: Awaited<ReturnType<typeof open>>): Promise<string[]> => {
    await editor.save();
    return [...new Set(responder.draft.files.map(({ content }) => content))];
  };

  it('leaves a file as it is typed while later ones are replaced in, though its own turn is over', async () => {
    const opened = await replaceMany();
    typeInto(opened.editor, 'w = 0; ');
    await until(() => find(opened.panel, '.replaced summary')?.textContent?.trim() === '30,000 replaced in 30 files', 'how many were replaced');
    expect(await savedOf(opened), ['w = 0; x = 1\n', 'xy = 1\n'.repeat(1_000)]);
  });

  it('gives up what it was replacing when it is closed', async () => {
    const opened = await replaceMany();
    press(opened.panel, 'Escape');
    await until(() => !find(opened.editor, 'fapi-find'));
    typeInto(opened.editor, 'w = 0; ');
    await until(() => !opened.panel.isAtWork, 'its end');
    expect(await savedOf(opened), ['w = 0; x = 1\n', 'x = 1\n'.repeat(1_000)]);
  });

  it('takes for the end of a long line what is it, not where it stops to search, and goes on replacing', async () => {
    const long = 'x'.repeat(20_001);
    const { editor, panel, responder } = await open(makeResponder([{ path: 'main.py', content: `${long}\nax\n` }]));
    find(panel, '[data-replace-toggle]')!.click();
    find(panel, '[data-flag=isRegExp]')!.click();
    type(panel, 'text', '(x)$');
    await counted(panel, '1 match in 1 file');
    type(panel, 'replacement', '<$1>');
    await until(() => rows(panel)[1] === 'Line 22ax<x>', 'what would become of it');
    for (const _ of ['once', 'and again']) {
      find(panel, '[data-replace-all]')!.click();
      await until(() => find(panel, '.replaced summary')?.textContent?.trim() === '1 replaced in 1 file', 'how many were replaced');
      await editor.save();
      expect(responder.draft.files.map(({ content }) => content), [`${long}\na<x>\n`]);
      find(panel, '[data-undo-all]')!.click();
      await counted(panel, '1 match in 1 file');
    }
  });

  it('draws the first places of very many, and more when asked', async () => {
    const { panel } = await open(makeResponder([{ path: 'main.py', content: 'x\n'.repeat(1_200) }]));
    type(panel, 'text', 'x');
    await counted(panel, '1,200 matches in 1 file');
    expect(panel.shadowRoot!.querySelectorAll('.match').length, 500);
    find(panel, '.more')!.click();
    await until(() => panel.shadowRoot!.querySelectorAll('.match').length === 1_000);
  });
});

describe('a search through 200 files of 5 MB', () => {
  const line = 'result = compute(value, other="text")  # a line like many\n';
  const large = Array.from({ length: 200 }, (_, index) => ({ path: `f${index}.py`, content: line.repeat(Math.floor(25_000 / line.length)) }));

  it('gives the page its turns, and ends when something else is typed', async () => {
    const matcher = createMatcher({ text: '[a-z]\\d$', isCaseKept: false, isWholeWord: false, isRegExp: true });
    let [turns, isOver] = [0, false];
    const turn = (): void => { turns += 1; if (!isOver) setTimeout(turn); };
    setTimeout(turn);
    const began = performance.now();
    const found = await searchFiles(large, matcher, new AbortController().signal);
    isOver = true;
    console.info(`expression over 5 MB: ${Math.round(performance.now() - began)} ms in ${turns} turns`);
    expect([found!.count, found!.isCut, turns > 5], [0, false, true]);
    const stop = new AbortController();
    const stopped = searchFiles(large, matcher, stop.signal);
    stop.abort();
    expect(await stopped, undefined);
  });

  it('stops at ten thousand places', async () => {
    const found = await searchFiles(large, createMatcher({ text: 'e', isCaseKept: false, isWholeWord: false, isRegExp: false }), new AbortController().signal);
    expect([found!.count >= 10_000, found!.isCut], [true, true]);
  });
});
