import type { FapiBuilder } from '../src/index.ts';
import { appId, makeApp, makeResponder, until } from '../scenes/server/responder.ts';
import { contentOf, expect, find, hasNoViolations, show, text, typeInto } from './show.ts';

afterEach(() => document.body.replaceChildren());

describe('fapi-builder whose app is deleted', () => {
  it('says that what was typed is kept, and is back with it when the app is restored', async () => {
    const responder = makeResponder();
    const builder = show<FapiBuilder>('fapi-builder', responder);
    builder.autosave = 'off';
    const editor = await until(() => builder.editor);
    await until(() => contentOf(editor) && responder.openStreams > 0, 'the code');
    const deleted = async (): Promise<string> => {
      responder.send({ type: 'app_deleted', id: '', appId });
      return (await until(() => find(editor, '.notice'), 'the notice')).textContent!.replaceAll(/\s+/g, ' ').trim();
    };
    const restored = async (): Promise<void> => {
      responder.send({ type: 'app', id: '', appId, app: makeApp() });
      await until(() => contentOf(editor), 'the code again');
    };
    expect(await deleted(), 'This app was deletedChoose another app.');
    await restored();
    typeInto(editor, '# typed ');
    await until(() => editor.isDirty);
    expect(await deleted(), 'This app was deletedChoose another app. What you typed is kept.');
    await restored();
    expect([contentOf(editor)!.textContent!.includes('# typed '), editor.isDirty, text(editor).includes('deleted')], [true, true, false]);
    await editor.save();
    await until(() => !editor.isDirty && responder.draft.files[0]!.content.includes('# typed '), 'the save');
  });
});

describe('fapi-builder whose app is deleted in its settings', () => {
  it('has the way back where everything was, with the focus, says why it cannot be gone, and goes it', async () => {
    const responder = makeResponder();
    const builder = show<FapiBuilder>('fapi-builder', responder);
    builder.autosave = 'off';
    const editor = await until(() => builder.editor);
    await until(() => contentOf(editor) && responder.openStreams > 0, 'the code');
    builder.show('settings');
    const settings = await until(() => builder.renderRoot.querySelector('fapi-settings'), 'the settings');
    (await until(() => find(settings, '[data-act=delete]'), 'the act')).click();
    const yes = await until(() => find(settings, '[data-yes]'), 'the question');
    yes.focus();
    yes.click();
    const undo = await until(() => find(editor, '[data-undo]'), 'the way back');
    expect([undo.checkVisibility(), text(editor).includes('Hello was deleted and no longer answers.')], [true, true]);
    await until(() => editor.shadowRoot!.activeElement === undo, 'the focus');
    await hasNoViolations(editor);
    responder.refuse(`POST /v1/apps/${appId}/restore`, 409, 'quota_exceeded');
    undo.click();
    await until(() => find(editor, '.bar[data-status=failed]'), 'why not');
    responder.accept(`POST /v1/apps/${appId}/restore`);
    undo.click();
    await until(() => contentOf(editor) && settings.checkVisibility() && find(settings, '[data-act=delete]'), 'everything again');
    expect([find(editor, '[data-undo]'), find(settings, '[data-undo]')], [null, null]);
  });
});
