import type { AppFile } from '@fapi/sdk/contract';
import type { FapiConflict, FapiEditor } from '../src/index.ts';
import { makeResponder, type Responder, until } from '../scenes/server/responder.ts';
import { contentOf, expect, find, hasNoViolations, show, text, typeInto } from './show.ts';

afterEach(() => document.body.replaceChildren());

const base = 'import os\n\nname = "a"\nport = 1\nhost = "b"\n\n# one\n# two\n# three\nend = 1\n';
const mine = base.replace('name = "a"', 'name = "mine"').replace('end = 1', 'end = "mine"');
const theirs = base.replace('name = "a"', 'name = "theirs"').replace('end = 1', 'end = "theirs"').replace('# two', '# 2');
const barButton = (editor: Element, word: string) => [...(editor.shadowRoot?.querySelectorAll<HTMLElement>('.bar button') ?? [])].find((button) => button.textContent?.trim() === word);

/** True when the page would ask before it goes. */
const asks = (): boolean => !window.dispatchEvent(new Event('beforeunload', { cancelable: true }));

/** Has typed all of a file anew. */
async function write(editor: FapiEditor, content: string): Promise<void> {
  contentOf(editor)!.focus();
  document.execCommand('selectAll');
  document.execCommand('insertText', false, content);
  await until(() => editor.isDirty);
}

async function collide(elsewhere: AppFile[] = [{ path: 'main.py', content: theirs }], files: AppFile[] = [{ path: 'main.py', content: base }], typed = mine): Promise<{ editor: FapiEditor; responder: Responder }> {
  const responder = makeResponder(files);
  const editor = show<FapiEditor>('fapi-editor', responder);
  editor.autosave = 'off';
  await until(() => contentOf(editor) && responder.openStreams > 0, 'the code editor');
  await write(editor, typed);
  responder.saveElsewhere(elsewhere);
  return { editor, responder };
}
async function open(editor: FapiEditor): Promise<FapiConflict> {
  (await until(() => barButton(editor, 'Resolve'), 'the conflict')).click();
  const view = await until(() => find<FapiConflict>(editor, 'fapi-conflict:not([hidden])'), 'the view');
  await until(() => view.shadowRoot!.querySelectorAll('.cm-content').length === 4 || find(view, '.whole'), 'its texts');
  return view;
}
const pane = (view: FapiConflict, name: string): string => [...view.shadowRoot!.querySelectorAll(`[data-pane=${name}] .cm-line`)].map(({ textContent }) => textContent).join('\n');
const choose = (view: FapiConflict, name: string): void => find(view, `[data-choice=${name}]`)!.click();
const left = (view: FapiConflict): string => find(view, 'header .left')!.textContent!.trim();
const finish = (view: FapiConflict): void => find(view, '[data-finish]')!.click();

describe('what somebody else has saved in other places', () => {
  it('is merged by itself under the cursor, said with who and what, and taken back in one step', async () => {
    const { editor, responder } = await collide([{ path: 'main.py', content: base.replace('# two', '# 2') }, { path: 'new.py', content: '' }]);
    await until(() => text(editor).includes('Changes saved by somebody else were merged with yours: main.py, new.py.'));
    expect(contentOf(editor)!.innerText.replaceAll(/\n+/g, '\n').includes('# 2\n# three\nend = "mine"'), true);
    await hasNoViolations(editor);
    await editor.save();
    expect(responder.draft.files.map(({ path }) => path), ['main.py', 'new.py']);
    barButton(editor, 'Undo')!.click();
    await until(() => barButton(editor, 'Resolve') && !contentOf(editor)!.textContent!.includes('# 2'));
  });

  it('leaves the cursor where it is typing', async () => {
    const { editor } = await collide([{ path: 'main.py', content: base.replace('import os', 'import os\nimport re').replace('# two', '# 2') }], undefined, base.replace('port = 1', 'port = 12'));
    await until(() => barButton(editor, 'Undo'));
    // What was typed last ends at the end of the file.
    typeInto(editor, '# here');
    await until(() => contentOf(editor)!.innerText.trim().endsWith('# here'));
    expect(contentOf(editor)!.innerText.includes('port = 12'), true);
  });
});

describe('fapi-conflict', () => {
  it('shows what was before, theirs and mine, says whose and since when, and counts what is left', async () => {
    const { editor } = await collide();
    const view = await open(editor);
    expect([pane(view, 'base'), pane(view, 'theirs'), pane(view, 'mine')].map((shown) => [/name = "(\w+)"/.exec(shown)?.[1], shown.includes('# 2')]), [['a', false], ['theirs', true], ['mine', false]]);
    expect(pane(view, 'result').includes('# 2'), true);
    expect(text(view).includes('Saved by somebody else'), true);
    expect(find(view, 'header time')!.getAttribute('datetime')!.length > 0, true);
    expect([left(view), find(view, '.place .where')!.textContent!.trim()], ['2 left to decide', 'Conflict 1 of 2not decided']);
    expect(view.shadowRoot!.activeElement?.id, 'title');
    finish(view);
    expect(find(editor, 'fapi-conflict:not([hidden])') === view, true);
    await hasNoViolations(view);
  });

  it('takes each place from either side, both or a hand, and saves what was made of it', async () => {
    const { editor, responder } = await collide();
    const view = await open(editor);
    choose(view, 'theirs');
    await until(() => left(view) === '1 left to decide' && find(view, '.place .where')!.textContent!.startsWith('Conflict 2'));
    choose(view, 'both');
    await until(() => left(view) === 'Everything is decided');
    finish(view);
    await until(() => text(editor).includes('The two versions are merged.') && !find(editor, 'fapi-conflict'));
    await editor.save();
    expect(responder.draft.files[0]!.content, theirs.replace('end = "theirs"\n', 'end = "theirs"\nend = "mine"\n'));
    barButton(editor, 'Undo')!.click();
    await until(() => barButton(editor, 'Resolve') && contentOf(editor)!.innerText.includes('end = "mine"') && !contentOf(editor)!.innerText.includes('theirs'));
  });

  it('takes a place that is typed into for decided, and undo in the result takes that back', async () => {
    const { editor, responder } = await collide();
    const view = await open(editor);
    choose(view, 'hand');
    const result = await until(() => { const content = find(view, '[data-pane=result] .cm-content'); return view.shadowRoot!.activeElement === content && content; });
    document.execCommand('insertText', false, '# by hand ');
    await until(() => left(view) === '1 left to decide' && pane(view, 'result').includes('# by hand name = "theirs"'));
    // It is nowhere but here.
    await until(asks, 'the page asks before it goes');
    const undo = (): boolean => result.dispatchEvent(new KeyboardEvent('keydown', { key: 'z', code: 'KeyZ', keyCode: 90, ctrlKey: true, bubbles: true, composed: true, cancelable: true }));
    undo();
    undo();
    await until(() => left(view) === '2 left to decide' && pane(view, 'result').includes('name = "a"'));
    await until(() => !asks(), 'no question any more');
    choose(view, 'mine');
    await until(() => left(view) === '1 left to decide');
    choose(view, 'mine');
    await until(() => left(view) === 'Everything is decided');
    finish(view);
    await until(() => !find(editor, 'fapi-conflict'));
    await editor.save();
    expect(responder.draft.files[0]!.content, mine.replace('# two', '# 2'));
  });

  it('can be left and come back to, with both sides and what was decided', async () => {
    const { editor, responder } = await collide();
    const view = await open(editor);
    choose(view, 'theirs');
    await until(() => left(view) === '1 left to decide');
    find(view, '[data-later]')!.click();
    await until(() => find(editor, 'fapi-conflict[hidden]') && barButton(editor, 'Resolve'));
    expect([contentOf(editor)!.innerText.includes('name = "mine"'), editor.isDirty, responder.draft.files[0]!.content], [true, true, theirs]);
    const again = await open(editor);
    expect([again === view, left(again)], [true, '1 left to decide']);
  });

  it('is all done by keys: places by F7, the choice by Enter on its button', async () => {
    const { editor } = await collide();
    contentOf(editor)!.dispatchEvent(new KeyboardEvent('keydown', { key: 's', ctrlKey: true, bubbles: true, composed: true, cancelable: true }));
    const view = await until(() => find<FapiConflict>(editor, 'fapi-conflict:not([hidden])'), 'the view');
    await until(() => view.shadowRoot!.querySelectorAll('.cm-content').length === 4);
    const press = (key: string, shiftKey = false): void => void find(view, '#title')!.dispatchEvent(new KeyboardEvent('keydown', { key, shiftKey, bubbles: true, composed: true, cancelable: true }));
    press('F7');
    await until(() => find(view, '.place .where')!.textContent!.startsWith('Conflict 2'));
    press('F7', true);
    await until(() => find(view, '.place .where')!.textContent!.startsWith('Conflict 1'));
    for (const [place] of ['Conflict 1', 'Conflict 2'].entries()) {
      const button = find(view, '[data-choice=mine]')!;
      button.focus();
      button.click();
      await until(() => view.shadowRoot!.activeElement === button && left(view) === ['1 left to decide', 'Everything is decided'][place]);
    }
  });

  it('asks for files that one side has deleted, that both have renamed and that have no lines', async () => {
    const files = [{ path: 'cut.py', content: 'c = 1\n' }, { path: 'data.bin', content: 'a\uFFFD' }, { path: 'main.py', content: 'm = 1\n' }];
    const { editor, responder } = await collide([{ path: 'cut.py', content: 'c = 2\n' }, { path: 'data.bin', content: 't\uFFFD' }], files, 'm = 2\n');
    await until(() => barButton(editor, 'Resolve'));
    const tree = find(editor, 'fapi-file-tree')!;
    tree.dispatchEvent(new CustomEvent('file-act', { detail: { act: 'remove', path: 'cut.py' } }));
    tree.dispatchEvent(new CustomEvent('file-act', { detail: { act: 'open', path: 'data.bin' } }));
    await until(() => contentOf(editor)?.textContent === 'a\uFFFD' || contentOf(editor)?.textContent?.startsWith('a'));
    typeInto(editor, 'm');
    const view = await open(editor);
    const words = ['You deleted this file, and they changed it.', 'You both changed this file, and it is not text that can be merged line by line.', 'They deleted this file, and you changed it.'];
    for (const [index, said] of words.entries()) {
      await until(() => text(view).includes(said), said);
      await hasNoViolations(view);
      choose(view, index === 1 ? 'mine' : 'theirs');
    }
    await until(() => left(view) === 'Everything is decided');
    finish(view);
    await until(() => !find(editor, 'fapi-conflict'));
    await editor.save();
    expect(responder.draft.files, [{ path: 'cut.py', content: 'c = 2\n' }, { path: 'data.bin', content: 'ma\uFFFD' }]);
  });

});

describe('fapi-conflict while they save again', () => {
  const again = theirs.replace('"theirs"', '"again"');
  const sayNewer = (view: FapiConflict) => until(() => text(view).includes('Saved again since.'), 'that they have saved again');
  /** With a text typed at the first place. */
  async function typed(): Promise<{ editor: FapiEditor; responder: Responder; view: FapiConflict; result: HTMLElement }> {
    const { editor, responder } = await collide();
    const view = await open(editor);
    choose(view, 'hand');
    const result = await until(() => { const content = find(view, '[data-pane=result] .cm-content'); return view.shadowRoot!.activeElement === content && content; });
    document.execCommand('insertText', false, '# by hand ');
    await until(() => left(view) === '1 left to decide');
    return { editor, responder, view, result };
  }
  async function decideRest(view: FapiConflict): Promise<void> {
    find(view, '[data-step="1"]')!.click();
    await until(() => find(view, '.place .where')!.textContent!.startsWith('Conflict 2'));
    choose(view, 'mine');
    await until(() => left(view) === 'Everything is decided');
  }

  it('shows the newest while nothing is decided, where somebody looks', async () => {
    const { editor, responder } = await collide();
    const view = await open(editor);
    find(view, '[data-step="1"]')!.click();
    await until(() => find(view, '.place .where')!.textContent!.startsWith('Conflict 2'));
    responder.saveElsewhere([{ path: 'main.py', content: again }]);
    await until(() => pane(view, 'theirs').includes('"again"'));
    expect([find(view, '.place .where')!.textContent!.startsWith('Conflict 2'), text(view).includes('Saved again since.')], [true, false]);
  });

  it('keeps what a hand has typed, and the cursor in it, says so, and merges what they saved since into it', async () => {
    const { editor, responder, view, result } = await typed();
    for (const word of ['# 0', '# 1']) responder.saveElsewhere([{ path: 'main.py', content: theirs.replace('# one', word) }, { path: 'new.py', content: '' }]);
    await sayNewer(view);
    expect([view.shadowRoot!.activeElement === result, pane(view, 'result').includes('# by hand name = "theirs"'), left(view)], [true, true, '1 left to decide']);
    await hasNoViolations(view);
    // It is nowhere but here still.
    expect(asks(), true);
    await decideRest(view);
    finish(view);
    await until(() => !find(editor, 'fapi-conflict'));
    await editor.save();
    expect(responder.draft.files, [{ path: 'main.py', content: mine.replace('name', '# by hand name = "theirs"\nname').replace('# one', '# 1').replace('# two', '# 2') }, { path: 'new.py', content: '' }]);
  });

  it('asks again for those lines alone that were decided and are others now', async () => {
    const { editor, responder } = await collide();
    const view = await open(editor);
    choose(view, 'mine');
    await until(() => left(view) === '1 left to decide');
    responder.saveElsewhere([{ path: 'main.py', content: again }]);
    await sayNewer(view);
    await until(() => find(view, '.place .where')!.textContent!.startsWith('Conflict 2'));
    choose(view, 'mine');
    await until(() => left(view) === 'Everything is decided');
    finish(view);
    await until(() => left(view) === '1 left to decide' && pane(view, 'theirs').includes('name = "again"'), 'what is left');
    expect([text(view).includes('Your result is kept as yours.'), pane(view, 'mine').includes('name = "mine"'), pane(view, 'result').includes('end = "mine"'), asks()], [true, true, true, true]);
    await hasNoViolations(view);
    choose(view, 'theirs');
    await until(() => left(view) === 'Everything is decided');
    finish(view);
    await until(() => !find(editor, 'fapi-conflict'));
    await editor.save();
    expect(responder.draft.files[0]!.content, mine.replace('"mine"', '"again"').replace('# two', '# 2'));
    expect(asks(), false);
  });

  it('keeps what was decided of files that one side has deleted', async () => {
    const { editor, responder } = await collide([{ path: 'main.py', content: theirs }, { path: 'b.py', content: 'theirs = 1\n' }], [{ path: 'b.py', content: 'b = 1\n' }, { path: 'main.py', content: base }]);
    find(editor, 'fapi-file-tree')!.dispatchEvent(new CustomEvent('file-act', { detail: { act: 'remove', path: 'b.py' } }));
    const view = await open(editor);
    choose(view, 'mine');
    await until(() => left(view) === '2 left to decide');
    responder.saveElsewhere([{ path: 'main.py', content: again }, { path: 'b.py', content: 'theirs = 1\n' }]);
    await sayNewer(view);
    expect([left(view), view.shadowRoot!.querySelectorAll('nav .done').length], ['2 left to decide', 1]);
  });

  it('keeps what a hand has typed where they take back what was disputed', async () => {
    const { editor, responder, view } = await typed();
    responder.saveElsewhere([{ path: 'main.py', content: base.replace('# two', '# 2') }]);
    await sayNewer(view);
    await decideRest(view);
    finish(view);
    await until(() => left(view) === '1 left to decide' && pane(view, 'mine').includes('# by hand'), 'what is left');
    choose(view, 'mine');
    await until(() => left(view) === 'Everything is decided');
    finish(view);
    await until(() => !find(editor, 'fapi-conflict'));
    await editor.save();
    expect(responder.draft.files[0]!.content, mine.replace('name', '# by hand name = "theirs"\nname').replace('# two', '# 2'));
  });

  it('puts what came into the draft elsewhere on the page beside what was decided', async () => {
    const { editor, responder, view } = await typed();
    find(editor, 'fapi-file-tree')!.dispatchEvent(new CustomEvent('file-act', { detail: { act: 'add', path: 'mine.py' } }));
    await decideRest(view);
    finish(view);
    await until(() => !find(editor, 'fapi-conflict'));
    await editor.save();
    expect(responder.draft.files.map(({ path, content }) => [path, content.includes('# by hand')]), [['main.py', true], ['mine.py', false]]);
  });
});
