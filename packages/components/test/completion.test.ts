import { completionStatus } from '@codemirror/autocomplete';
import type { FapiEditor } from '../src/index.ts';
import { makeResponder, until } from '../scenes/server/responder.ts';
import { at, main, draft, mainUri, open, status, inCode, shown, goTo, typeKeys, choose, asked, press } from './language-page.ts';
import { codeOf, contentOf, expect, find, hasNoViolations, show } from './show.ts';

// What is asked for when the page has nothing else to do is compiled for the first of them.
before(async function load() {
  this.timeout(60_000);
  await Promise.all([import('../src/editor/editor.ts'), import('../src/editor/language/language-servers.ts')]);
});
afterEach(() => document.body.replaceChildren());

describe('suggestions of fapi-editor', () => {
  it('complete a field of another file, and what is typed is what the server was told', async () => {
    const { editor, responder } = await open({ 'textDocument/completion': () => ({ isIncomplete: true, items: [{ label: 'berths', kind: 5, detail: 'int', documentation: { kind: 'markdown', value: 'How many `ships`. <b onclick=x>' } }] }) });
    await goTo(editor, 3, 27);
    typeKeys(editor, '.');
    await until(() => inCode(editor, '.cm-tooltip-autocomplete li')?.textContent === 'berthsint', 'the suggestion');
    const docs = await until(() => inCode(editor, '.cm-completionInfo .cm-language-docs'), 'its documentation');
    expect([docs.querySelector('code')!.textContent, docs.querySelector('b')], ['ships', null]);
    await until(() => responder.language.texts.get(mainUri) === main.replace('Harbour()', 'Harbour().'), 'the text');
    expect(asked(responder, 'textDocument/completion').at(-1), { textDocument: { uri: mainUri }, position: { line: 2, character: 28 }, context: { triggerKind: 2, triggerCharacter: '.' } });
    await hasNoViolations(editor);
    choose(inCode(editor, '.cm-tooltip-autocomplete li'));
    await until(() => shown(editor).includes('Harbour().berths'));
  });

  it('begin with the fields of a value', async () => {
    const names: [string, number][] = [['copy', 2], ['model_config', 22], ['model_dump', 2], ['name', 22], ['price', 5], ['__doc__', 22]];
    const { editor } = await open({ 'textDocument/completion': () => ({ isIncomplete: false, items: names.map(([label, kind], at) => ({ label, kind, sortText: String(at) })) }) });
    await goTo(editor, 3, 27);
    typeKeys(editor, '.');
    await until(() => inCode(editor, '.cm-tooltip-autocomplete li'), 'the suggestions');
    expect([...inCode(editor, '.cm-tooltip-autocomplete')!.querySelectorAll('li')].map(({ textContent }) => textContent), ['name', 'price', 'copy', 'model_config', 'model_dump', '__doc__']);
  });

  it('leave Enter to the line where all of the chosen one is typed already', async () => {
    const { editor } = await open({ 'textDocument/completion': () => ({ isIncomplete: false, items: [{ label: 'berths', kind: 5 }] }) });
    await goTo(editor, 3, 27);
    typeKeys(editor, '.berth');
    const list = () => inCode(editor, '.cm-tooltip-autocomplete li[aria-selected]');
    await until(() => list()?.textContent === 'berths', 'the suggestion');
    typeKeys(editor, 's');
    await until(() => shown(editor).includes('.berths') && list(), 'all of it');
    const at = performance.now();
    // In its first moment no key is for the list.
    await until(() => performance.now() - at > 100);
    press(contentOf(editor), 'Enter');
    await until(() => shown(editor) === main.replace('Harbour()', 'Harbour().berths\n'), 'a line');
    expect(inCode(editor, '.cm-tooltip-autocomplete') ?? null, null);
  });

  it('have their servers started while the code is drawn, and are there after its first frame', async () => {
    const frames: FrameRequestCallback[] = [];
    const { requestAnimationFrame } = globalThis;
    globalThis.requestAnimationFrame = (callback) => frames.push(callback);
    const responder = makeResponder(draft);
    responder.language.answers = {};
    const editor = show<FapiEditor>('fapi-editor', responder);
    try {
      await until(() => responder.language.sessions === 1, 'the session');
      expect(status(editor), undefined);
    } finally {
      globalThis.requestAnimationFrame = requestAnimationFrame;
      for (const callback of frames) requestAnimationFrame(callback);
    }
    await until(() => status(editor) === 'on', 'suggestions');
    expect(responder.language.sessions, 1);
  });

  it('are asked for at a dot that was typed before the servers were there, of whoever has not gone on', async () => {
    for (const isGone of [false, true]) {
      const started = Promise.withResolvers<void>();
      const responder = makeResponder(draft);
      responder.language.answers = { initialize: () => started.promise, 'textDocument/completion': () => ({ items: [{ label: 'berths', kind: 5 }] }) };
      const editor = show<FapiEditor>('fapi-editor', responder);
      await until(() => responder.language.heard.some(({ method }) => method === 'initialize'), 'the handshake');
      await until(() => contentOf(editor), 'the code editor');
      await goTo(editor, 3, 27);
      typeKeys(editor, '.be');
      await until(() => codeOf(editor)!.act((view) => completionStatus(view.state)) === null, 'that the editor knows nothing itself');
      if (isGone) await goTo(editor, 1, 1);
      started.resolve();
      await until(() => status(editor) === 'on', 'suggestions');
      // What is asked for a moment later is pending from here on.
      if (isGone) expect(codeOf(editor)!.act((view) => completionStatus(view.state)), null);
      else await until(() => inCode(editor, '.cm-tooltip-autocomplete li')?.textContent === 'berths', 'the suggestion');
      expect(asked(responder, 'textDocument/completion').length, isGone ? 0 : 1);
      document.body.replaceChildren();
    }
  });

  it('are asked for at a dot before the editor draws it, with the text', async () => {
    const { editor, responder } = await open({ 'textDocument/completion': () => ({ items: [{ label: 'berths' }] }) });
    await goTo(editor, 3, 27);
    const sent: unknown[] = [];
    responder.language.onSend = ({ method }) => sent.push([method, shown(editor).includes('Harbour().')]);
    typeKeys(editor, '.');
    expect(sent, [['textDocument/didChange', false], ['textDocument/completion', false]]);
    await until(() => inCode(editor, '.cm-tooltip-autocomplete li'), 'the suggestion');
    expect(asked(responder, 'textDocument/completion').length, 1);
  });

  it('draw what is written of the first one once, while its name is typed, and of a type no more than can be seen', async () => {
    const { editor, responder } = await open({ 'textDocument/completion': () => ({ isIncomplete: true, items: [{ label: 'berths', kind: 5, detail: 'int | '.repeat(100), documentation: 'How many ships.' }] }) });
    await goTo(editor, 3, 27);
    typeKeys(editor, '.');
    const docs = await until(() => inCode(editor, '.cm-completionInfo .cm-language-docs'));
    const list = inCode(editor, '.cm-tooltip-autocomplete > ul');
    typeKeys(editor, 'b');
    await until(() => asked(responder, 'textDocument/completion').length === 2 && inCode(editor, '.cm-completionInfo .cm-language-docs') && inCode(editor, '.cm-tooltip-autocomplete > ul') !== list);
    expect(inCode(editor, '.cm-completionInfo .cm-language-docs') === docs, true);
    expect(inCode(editor, '.cm-completionDetail')!.textContent.length, 160);
  });

  it('bring the import along that a name needs, and say where it is from', async () => {
    const { editor } = await open({ 'textDocument/completion': () => ({ items: [{ label: 'HTTPException (import fastapi)', insertText: 'HTTPException', additionalTextEdits: [{ range: at(0, 0, 0), newText: 'from fastapi import HTTPException\n' }] }] }) });
    await goTo(editor, 4, 1);
    typeKeys(editor, 'HTTPEx');
    const item = await until(() => inCode(editor, '.cm-tooltip-autocomplete li'));
    expect([item.querySelector('.cm-completionLabel')!.textContent, item.querySelector('.cm-completionDetail')!.textContent], ['HTTPException', '(import fastapi)']);
    choose(item);
    await until(() => shown(editor).startsWith('from fastapi import HTTPException\nfrom models') && shown(editor).endsWith('\nHTTPException'));
  });

  it('are keywords and names of the file while there is no server, which is said quietly and with the reason', async () => {
    const { editor } = await open(null);
    await until(() => status(editor) === 'off');
    expect(find(editor, '.language')!.title, 'Suggestions are off: no language server is running. Keywords and names of this file are still completed.');
    expect([find(editor, '.bar'), find(editor, '[role=alert]')], [null, null]);
    await goTo(editor, 4, 1);
    typeKeys(editor, 'whi');
    await until(() => [...codeOf(editor)!.shadowRoot!.querySelectorAll('.cm-tooltip-autocomplete li')].some((item) => item.textContent === 'whileloop'), 'a keyword');
    await hasNoViolations(editor);
  });

  it('are off for good where the role does not allow them, and come back by themselves where nobody was there', async () => {
    const responder = makeResponder(draft);
    responder.language.refusal = { code: 4403, reason: 'forbidden' };
    const editor = show<FapiEditor>('fapi-editor', responder);
    await until(() => find(editor, '.language')?.title.includes('your role'));
    document.body.replaceChildren();
    const away = makeResponder(draft);
    const other = show<FapiEditor>('fapi-editor', away);
    await until(() => status(other) === 'off');
    away.language.answers = {};
    await until(() => status(other) === 'on', 'suggestions');
    expect(away.language.texts.get(mainUri), main);
  });

  it('are not asked for where nothing may be edited', async () => {
    const responder = makeResponder(draft);
    responder.language.answers = {};
    const editor = show<FapiEditor>('fapi-editor', responder);
    editor.readonly = true;
    await until(() => contentOf(editor));
    await until(() => codeOf(editor)!.readonly);
    expect([responder.language.sessions, status(editor)], [0, undefined]);
  });
});
