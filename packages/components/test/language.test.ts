import type { FapiBuilder, FapiEditor } from '../src/index.ts';
import { appId, makeResponder, until } from '../scenes/server/responder.ts';
import { at, models, main, draft, mainUri, modelsUri, libraryUri, open, status, inCode, shown, press, goTo, typeKeys, asked } from './language-page.ts';
import { codeOf, contentOf, expect, find, hasNoViolations, show, text, typeInto } from './show.ts';

// What is asked for when the page has nothing else to do is compiled for the first of them.
before(async function load() {
  this.timeout(60_000);
  await Promise.all([import('../src/editor/editor.ts'), import('../src/editor/language/language-servers.ts')]);
});
afterEach(() => document.body.replaceChildren());

describe('the texts of the language servers', () => {
  it('are those of the editor again after a message was lost', async () => {
    const { editor, responder } = await open();
    typeInto(editor, '# one\n');
    await until(() => responder.language.texts.get(mainUri) === shown(editor));
    const lost = responder.language.loseOne();
    typeInto(editor, '# two\n');
    await lost;
    responder.language.end(4409, 'session_gap');
    await until(() => responder.language.sessions === 2 && responder.language.texts.get(mainUri) === shown(editor), 'the same text');
    typeInto(editor, '# three\n');
    await until(() => responder.language.texts.get(mainUri) === shown(editor) && shown(editor).startsWith('# one\n# two\n# three'));
    expect(status(editor), 'on');
  });

  it('are those of now when somebody saves while a session begins', async () => {
    const begun = Promise.withResolvers<void>();
    const responder = makeResponder(draft);
    responder.language.answers = { initialize: () => begun.promise };
    const editor = show('fapi-editor', responder);
    await until(() => responder.openStreams > 0 && responder.language.heard.some(({ method }) => method === 'initialize'), 'a session');
    responder.saveElsewhere([{ path: 'main.py', content: main }, { path: 'models.py', content: '# theirs\n' }, { path: 'other.py', content: 'b = 1\n' }]);
    await until(() => find(find(editor, 'fapi-file-tree')!, '[data-path="other.py"]'), 'their file');
    begun.resolve();
    await until(() => (asked(responder, 'fapi/didChangeFiles') as unknown as { put: { path: string; text: string }[] }[]).some(({ put }) => ['models.py # theirs\n', 'other.py b = 1\n'].every((one) => put.some((file) => `${file.path} ${file.text}` === one))), 'what they saved');
  });

  it('follow files that are added, renamed, removed, not saved, and saved by somebody else', async () => {
    const { editor, responder } = await open();
    const told = () => asked(responder, 'fapi/didChangeFiles') as unknown as { put: { path: string; text: string }[]; delete: string[] }[];
    await until(() => responder.openStreams > 0);
    responder.saveElsewhere([...draft, { path: 'other.py', content: 'b = 1\n' }]);
    await until(() => told().some(({ put }) => put.some(({ path, text: content }) => path === 'other.py' && content === 'b = 1\n')));
    responder.saveElsewhere(draft);
    await until(() => told().some(({ delete: gone }) => gone.includes('other.py')));
    await editor.open('models.py');
    await until(() => responder.language.texts.get(modelsUri) === models);
    typeInto(editor, '# typed\n');
    await editor.open('main.py');
    await until(() => responder.language.texts.get(modelsUri) === `# typed\n${models}`);
    // Of a new session: what is not saved and not shown is no document there.
    responder.language.end(4409, 'session_gap');
    await until(() => told().at(-1)?.put.some(({ path, text: content }) => path === 'models.py' && content === `# typed\n${models}`), 'what is not saved');
    expect([...responder.language.texts.keys()], [mainUri]);
  });
});

describe('a definition', () => {
  it('opens in another file of the draft, at its place', async () => {
    const { editor } = await open({ 'textDocument/definition': () => [{ uri: modelsUri, range: at(0, 6, 7) }] });
    await goTo(editor, 3, 20);
    press(contentOf(editor), 'F12');
    await until(() => find(editor, '.tab[data-active=true]')?.textContent?.includes('models.py') && codeOf(editor)!.act((view) => view.state.selection.main.head) === 6);
  });

  it('opens as the source of a library: read only, marked as such, and never saved', async () => {
    const source = `${'#\n'.repeat(60)}class FastAPI:\n`;
    const { editor, responder } = await open({ 'textDocument/definition': () => ({ uri: libraryUri, range: at(60, 6, 7) }), 'fapi/readFile': ({ uri }: { uri: string }) => (uri === libraryUri ? { text: source } : null) });
    press(contentOf(editor), 'F12');
    await until(() => find(editor, '.tab[data-library][data-active=true]') && inCode(editor, '.cm-activeLine')?.textContent === 'class FastAPI:');
    expect(find(editor, '.library')!.textContent!.trim(), 'fastapi/applications.py is the source of a library: read only, and not part of this app.');
    typeInto(editor, 'x');
    expect([editor.isDirty, codeOf(editor)!.readonly, responder.language.texts.has(libraryUri)], [false, true, false]);
    await hasNoViolations(editor);
    find(editor, '.tab[data-library] .close')!.click();
    await until(() => shown(editor) === main && !codeOf(editor)!.readonly && !find(editor, '.library'));
  });

  it('that is not found is said at the cursor', async () => {
    const { editor } = await open();
    press(contentOf(editor), 'F12');
    await until(() => inCode(editor, '.cm-language-message')?.textContent === 'No definition found here.');
    press(contentOf(editor), 'Escape');
    await until(() => !inCode(editor, '.cm-language-message'));
  });
});

describe('the references of a name', () => {
  it('are a list that keys go through, and each opens its place', async () => {
    const { editor } = await open({ 'textDocument/references': () => [{ uri: modelsUri, range: at(0, 6, 7) }, { uri: mainUri, range: at(2, 18, 7) }, { uri: mainUri, range: at(0, 19, 7) }] });
    await goTo(editor, 1, 22);
    press(contentOf(editor), 'F12', { shiftKey: true });
    const list = await until(() => find(editor, '.references'));
    expect([list.querySelector('h2')!.textContent, [...list.querySelectorAll('h3')].map((one) => one.textContent), [...list.querySelectorAll('mark')].map((one) => one.textContent)], ['3 references to Harbour', ['main.py', 'models.py'], ['Harbour', 'Harbour', 'Harbour']]);
    await until(() => editor.shadowRoot!.activeElement?.classList.contains('reference'), 'the focus');
    await hasNoViolations(editor);
    press(editor.shadowRoot!.activeElement, 'ArrowDown');
    press(editor.shadowRoot!.activeElement, 'ArrowDown');
    (editor.shadowRoot!.activeElement as HTMLElement).click();
    await until(() => find(editor, '.tab[data-active=true]')?.textContent?.includes('models.py') && codeOf(editor)!.act((view) => view.state.selection.main.head) === 6);
    press(find(editor, '.reference'), 'Escape');
    await until(() => !find(editor, '.references') && editor.shadowRoot!.activeElement === codeOf(editor));
  });
});

describe('a rename', () => {
  const answers = {
    'textDocument/prepareRename': () => at(2, 18, 7),
    'textDocument/rename': ({ newName }: { newName: string }) => ({ changes: { [mainUri]: [{ range: at(0, 19, 7), newText: newName }, { range: at(2, 18, 7), newText: newName }], [modelsUri]: [{ range: at(0, 6, 7), newText: newName }] } }),
  };
  const rename = async (editor: Element, name: string): Promise<void> => {
    await goTo(editor, 3, 19);
    press(contentOf(editor), 'F2');
    const input = await until(() => inCode<HTMLInputElement>(editor, '.cm-language-rename input'));
    expect(input.value, 'Harbour');
    input.value = name;
    press(input, 'Enter');
  };

  it('changes all files, each as one step of its undo, and is saved as what is typed', async () => {
    const { editor, responder } = await open(answers);
    await rename(editor, 'Port');
    await until(() => shown(editor) === main.replaceAll('Harbour', 'Port'));
    await until(() => responder.language.texts.get(mainUri) === shown(editor));
    await editor.save();
    expect(responder.draft.files, [{ path: 'main.py', content: main.replaceAll('Harbour', 'Port') }, { path: 'models.py', content: models.replace('Harbour', 'Port') }]);
    press(contentOf(editor), 'z', { ctrlKey: true });
    await until(() => shown(editor) === main);
    await editor.open('models.py');
    await until(() => shown(editor).startsWith('class Port:'));
    contentOf(editor)!.focus();
    press(contentOf(editor), 'z', { ctrlKey: true });
    await until(() => shown(editor) === models);
  });

  it('changes nothing when a text has changed on the way', async () => {
    let answer!: () => void;
    const { editor } = await open({ ...answers, 'textDocument/rename': (params: never) => new Promise((resolve) => { answer = () => resolve(answers['textDocument/rename'](params)); }) });
    await rename(editor, 'Port');
    await until(() => answer);
    await goTo(editor, 4, 1);
    typeInto(editor, '# typed');
    await until(() => editor.isDirty);
    answer();
    await until(() => inCode(editor, '.cm-language-message')?.textContent === 'The text has changed in the meantime. Try again.');
    expect(shown(editor), `${main}# typed`);
  });
});

describe('a file that is renamed', () => {
  it('has its imports as the server says, which knows the uses of a name too, with what the server leaves as it is written', async () => {
    const files = [{ path: 'main.py', content: 'import models\n\nmodels.x\n' }, { path: 'models.py', content: 'x = 1\n' }, { path: 'other.py', content: 'from models import x\n' }];
    const { editor, responder } = await open({ 'workspace/willRenameFiles': () => ({ changes: { [mainUri]: [{ range: at(0, 7, 6), newText: 'shapes' }, { range: at(2, 0, 6), newText: 'shapes' }] } }) }, 'fapi-editor', files);
    const tree = find(editor, 'fapi-file-tree')!;
    tree.dispatchEvent(new CustomEvent('file-act', { detail: { act: 'rename', path: 'models.py', to: 'shapes.py' } }));
    const update = await until(() => [...tree.shadowRoot!.querySelectorAll<HTMLElement>('.said button')].find(({ textContent }) => textContent === 'Update imports'));
    expect(asked(responder, 'workspace/willRenameFiles'), [{ files: [{ oldUri: modelsUri, newUri: 'file:///app/shapes.py' }] }]);
    update.click();
    await until(() => shown(editor) === 'import shapes\n\nshapes.x\n');
    await editor.save();
    expect(responder.draft.files.find(({ path }) => path === 'other.py')?.content, 'from shapes import x\n');
  });
});

describe('fixes and formatting', () => {
  const sorted = { title: 'Organize imports', kind: 'source.organizeImports', data: 1 };
  it('offer what the server can do beside what is found, and make what is chosen', async () => {
    const { editor, responder } = await open({ 'textDocument/codeAction': () => [sorted, { title: 'Our fix', data: 2 }], 'codeAction/resolve': (action: never) => ({ ...(action as object), edit: { documentChanges: [{ textDocument: { uri: mainUri, version: 0 }, edits: [{ range: at(0, 0, 0), newText: 'import os\n' }] }] } }) });
    responder.findings = [{ code: 'F401', severity: 'warning', source: 'lint', file: 'main.py', start: { line: 1, column: 1 }, end: { line: 1, column: 5 }, message: 'unused', fixes: [{ title: 'Our fix', applicability: 'safe', edits: [{ file: 'main.py', start: { line: 1, column: 1 }, end: { line: 1, column: 5 }, text: '' }] }] }];
    typeInto(editor, '#');
    await until(() => inCode(editor, '.cm-lintRange-warning'), 'the finding');
    press(contentOf(editor), '.', { ctrlKey: true });
    const menu = await until(() => inCode(editor, '.cm-language-menu'));
    expect([...menu.querySelectorAll('button')].map((button) => button.textContent), ['Our fix', 'Organize imports']);
    await until(() => codeOf(editor)!.shadowRoot!.activeElement?.textContent === 'Our fix', 'the focus');
    await hasNoViolations(editor);
    press(codeOf(editor)!.shadowRoot!.activeElement, 'ArrowDown');
    (codeOf(editor)!.shadowRoot!.activeElement as HTMLElement).click();
    await until(() => shown(editor).startsWith('import os\n#from models'));
  });

  it('format by a key and by the palette of fapi-builder, and leave the cursor in its line', async () => {
    const { editor: builder } = await open<FapiBuilder>({ 'textDocument/formatting': () => [{ range: at(2, 0, 0), newText: '\n' }] }, 'fapi-builder');
    const editor = find(builder, 'fapi-editor')!;
    await goTo(editor, 3, 20);
    press(contentOf(editor), 'f', { shiftKey: true, altKey: true, code: 'KeyF' });
    await until(() => shown(editor) === main.replace('\nä', '\n\nä'));
    expect(codeOf(editor)!.act((view) => view.state.doc.lineAt(view.state.selection.main.head).number), 4);
    const palette = find(builder, 'fapi-palette') as HTMLElement & { entries: { word: string; run: () => void }[] };
    palette.entries.find(({ word }) => word === 'Format document')!.run();
    await until(() => shown(editor) === main.replace('\nä', '\n\n\nä'));
    expect(text(editor).includes('Unsaved changes'), true);
  });
});

describe('a hover and a signature', () => {
  it('are drawn without any markup of the server, and Escape closes the parameters first', async () => {
    const { editor } = await open({ 'textDocument/signatureHelp': () => ({ activeSignature: 0, activeParameter: 0, signatures: [{ label: '(name: str) -> Harbour', parameters: [{ label: [1, 10] }], documentation: '<img src=x>' }] }) });
    await goTo(editor, 4, 1);
    typeKeys(editor, 'Harbour(');
    const box = await until(() => inCode(editor, '.cm-lsp-signature-tooltip'));
    expect([box.querySelector('.cm-lsp-active-parameter')!.textContent, box.querySelector('img')], ['name: str', null]);
    // The first one may still be for the suggestions.
    await until(() => (press(contentOf(editor), 'Escape'), !inCode(editor, '.cm-lsp-signature-tooltip')), 'no parameters');
  });

  it('are gone with the call, when somebody else has taken it away', async () => {
    const { editor } = await open({ 'textDocument/signatureHelp': () => ({ activeSignature: 0, signatures: [{ label: '(name: str) -> Harbour' }] }) });
    await goTo(editor, 4, 1);
    typeKeys(editor, 'Harbour(');
    await until(() => inCode(editor, '.cm-lsp-signature-tooltip'));
    codeOf(editor)!.value = main;
    await until(() => !inCode(editor, '.cm-lsp-signature-tooltip'), 'no parameters');
  });
});

describe('what a name is', () => {
  const documented = { 'textDocument/hover': ({ position: { character } }: never) => (character === 20 ? { contents: { kind: 'markdown', value: '```python\nclass Harbour\n```\nWhere **ships** rest. <img src=x>' }, range: at(0, 19, 7) } : null) };
  const chord = (editor: Element): void => {
    press(contentOf(editor), 'k', { ctrlKey: true });
    press(contentOf(editor), 'i', { ctrlKey: true });
  };
  const focused = (editor: Element): Element | null => codeOf(editor)!.shadowRoot!.activeElement;

  it('is shown by keys at the cursor, with the focus and a name for screen readers, and Escape goes back to the code', async () => {
    const { editor } = await open(documented);
    await goTo(editor, 1, 21);
    chord(editor);
    const box = await until(() => focused(editor)?.closest<HTMLElement>('[role=dialog]'), 'the focus in it');
    expect([box.ariaLabel, box.querySelector(`#${box.getAttribute('aria-describedby')}`) === focused(editor), box.querySelector('img')], ['Show type and docs', true, null]);
    expect(box.textContent!.includes('class Harbour') && box.textContent!.includes('Where ships rest.'), true);
    await hasNoViolations(editor);
    press(focused(editor), 'Escape');
    await until(() => focused(editor) === contentOf(editor) && !inCode(editor, '[role=dialog]'), 'the code again');
    expect(codeOf(editor)!.act((view) => view.state.selection.main.head), 20);
  });

  for (const [name, value] of [['links that do not end', '[a]('.repeat(4_000)], ['marks', '*a '.repeat(20_000)], ['quotes in quotes', '> '.repeat(20_000)], ['a line of a megabyte', 'x'.repeat(1_000_000)]] as const) {
    // What would take minutes does not come within the time of a test.
    it(`is drawn, whatever somebody wrote about it: ${name}`, async () => {
      const { editor } = await open({ 'textDocument/hover': () => ({ contents: { kind: 'markdown', value } }) });
      await goTo(editor, 1, 21);
      chord(editor);
      const box = await until(() => focused(editor)?.closest<HTMLElement>('[role=dialog]'), 'the focus in it');
      expect([box.textContent!.length > 1_000, box.textContent!.length <= 20_001, box.querySelectorAll('blockquote').length <= 20], [true, true, true]);
    });
  }

  it('is found from behind its last letter, offered by the palette, and said not to be documented where it is not', async () => {
    const end = { 'textDocument/hover': ({ position: { character } }: never) => (character === 25 ? { contents: 'Harbour' } : null) };
    const { editor: builder } = await open<FapiBuilder>(end, 'fapi-builder');
    const editor = find(builder, 'fapi-editor')!;
    await goTo(editor, 1, 27);
    const palette = find(builder, 'fapi-palette') as HTMLElement & { entries: { word: string; keys?: string; run: () => void }[] };
    const entry = palette.entries.find(({ word }) => word === 'Show type and docs')!;
    expect(entry.keys, 'Ctrl+K Ctrl+I');
    entry.run();
    await until(() => focused(editor)?.textContent === 'Harbour', 'what it is');
    // Moving on closes it.
    await goTo(editor, 2, 1);
    expect(inCode(editor, '[role=dialog]') ?? null, null);
    entry.run();
    await until(() => inCode(editor, '.cm-language-message')?.textContent === 'Nothing is documented here.');
  });
});

describe('another app', () => {
  it('has a session of its own, and the one before is closed', async () => {
    const { editor, responder } = await open();
    editor.remove();
    await until(() => responder.openStreams === 0);
    document.body.replaceChildren();
    const again = show<FapiEditor>('fapi-editor', responder);
    await until(() => status(again) === 'on');
    expect([responder.language.sessions, again.appId], [2, appId]);
  });
});
