import { english, type FapiEditor, type FapiProvider, german } from '../src/index.ts';
import { appId, makeDeployment, makeResponder, type Responder, until } from '../scenes/server/responder.ts';
import { codeOf, contentOf, expect, find, hasNoViolations, hear, show, text, typeInto } from './show.ts';

afterEach(() => document.body.replaceChildren());

const draftPath = `/v1/apps/${appId}/draft`;
async function open(responder: Responder): Promise<FapiEditor> {
  const editor = show<FapiEditor>('fapi-editor', responder);
  await until(() => contentOf(editor), 'the code editor');
  return editor;
}
const barButton = (editor: FapiEditor, word: string) => [...(editor.shadowRoot?.querySelectorAll<HTMLElement>('.bar button') ?? [])].find((button) => button.textContent?.trim() === word);
const tree = (editor: FapiEditor) => find(editor, 'fapi-file-tree')!;

describe('the dirty mark of fapi-editor', () => {
  it('comes with the first change at the tab, in the tree and in an event, and goes with the save', async () => {
    const responder = makeResponder([{ path: 'main.py', content: 'app = 1\n' }, { path: 'other.py', content: '' }]);
    const editor = await open(responder);
    const changes = hear(editor, 'fapi-dirty-change');
    typeInto(editor, '#');
    await until(() => find(editor, '.tab[data-active=true] .dot') && tree(editor).shadowRoot?.querySelector('[data-path="main.py"] .dot'), 'the marks');
    expect(tree(editor).shadowRoot?.querySelector('[data-path="other.py"] .dot'), null);
    expect(find(editor, 'button.save')?.getAttribute('aria-disabled') ?? null, null);
    await editor.save();
    await until(() => !find(editor, '.tab .dot') && !tree(editor).shadowRoot?.querySelector('.dot'), 'no mark any more');
    expect(changes, [{ appId, isDirty: true }, { appId, isDirty: false }]);
  });

  it('goes when the change is undone', async () => {
    const editor = await open(makeResponder());
    typeInto(editor, '#');
    await until(() => editor.isDirty);
    contentOf(editor)!.dispatchEvent(new KeyboardEvent('keydown', { key: 'z', code: 'KeyZ', keyCode: 90, ctrlKey: true, bubbles: true, composed: true, cancelable: true }));
    await until(() => !editor.isDirty && !find(editor, '.tab .dot'));
  });

  it('says that the draft is saved with its version', async () => {
    const editor = await open(makeResponder());
    const saved = hear(editor, 'fapi-save');
    typeInto(editor, '#');
    await until(() => editor.isDirty);
    await editor.save();
    await until(() => saved.length > 0);
    expect(saved, [{ appId, draftVersion: 2 }]);
  });
});

describe('a stale save of fapi-editor', () => {
  const theirs = [{ path: 'main.py', content: 'theirs = 1\n' }];
  /** Somebody else has saved, the stream has not told yet, and we save: the server says 409. */
  const collide = async (responder: Responder): Promise<FapiEditor> => {
    const editor = await open(responder);
    typeInto(editor, 'mine ');
    await until(() => editor.isDirty);
    responder.draft = { ...responder.draft, version: 2, files: theirs };
    await editor.save();
    await until(() => barButton(editor, 'Keep mine'));
    return editor;
  };

  it('keeps the typed text, marked as unsaved, and tells the page', async () => {
    const responder = makeResponder();
    const conflicts = hear(document.body, 'fapi-conflict');
    const editor = await collide(responder);
    expect(contentOf(editor)?.textContent, 'mine app = 1');
    expect(editor.isDirty, true);
    expect(conflicts, [{ appId }]);
    expect(responder.draft.files, theirs);
    typeInto(editor, 'more ');
    await until(() => contentOf(editor)?.textContent?.includes('more '));
  });

  it('saves ours over theirs when told to keep mine', async () => {
    const responder = makeResponder();
    const editor = await collide(responder);
    barButton(editor, 'Keep mine')!.click();
    await until(() => !barButton(editor, 'Keep mine'));
    await editor.save();
    expect(responder.draft, { ...responder.draft, version: 3, files: [{ path: 'main.py', content: 'mine app = 1\n' }] });
    expect(editor.isDirty, false);
  });

  it('shows theirs when told to take theirs', async () => {
    const editor = await collide(makeResponder());
    barButton(editor, 'Take theirs')!.click();
    await until(() => !barButton(editor, 'Keep mine') && contentOf(editor)?.textContent === 'theirs = 1');
    expect(editor.isDirty, false);
    barButton(editor, 'Undo')!.click();
    await until(() => barButton(editor, 'Keep mine') && contentOf(editor)?.textContent === 'mine app = 1');
  });

  it('comes up as a question before the save when the stream tells first, and not at all when nothing was typed', async () => {
    const quiet = makeResponder();
    const reader = await open(quiet);
    await until(() => quiet.openStreams > 0);
    quiet.saveElsewhere(theirs);
    await until(() => contentOf(reader)?.textContent === 'theirs = 1');
    expect(find(reader, '.bar'), null);

    const busy = makeResponder();
    const writer = await open(busy);
    await until(() => busy.openStreams > 0);
    typeInto(writer, 'mine ');
    await until(() => writer.isDirty);
    busy.saveElsewhere(theirs);
    await until(() => barButton(writer, 'Keep mine'));
    expect(contentOf(writer)?.textContent, 'mine app = 1');
  });

  it('keeps the typed text when the server refuses the save for another reason, and saves later', async () => {
    const responder = makeResponder();
    const editor = await open(responder);
    typeInto(editor, 'mine ');
    await until(() => editor.isDirty);
    responder.refuse(draftPath, 500, 'internal');
    await editor.save();
    await until(() => text(editor).includes('Something broke on our side') && text(editor).includes('req-123'));
    expect(contentOf(editor)?.textContent, 'mine app = 1');
    responder.accept(draftPath);
    await editor.save();
    await until(() => !editor.isDirty && !find(editor, '.bar'));
    expect(responder.draft.files[0]?.content, 'mine app = 1\n');
  });
});

describe('the keys of fapi-editor', () => {
  const press = (editor: FapiEditor, key: string, change: KeyboardEventInit = {}): KeyboardEvent => {
    const event = new KeyboardEvent('keydown', { key, ctrlKey: true, bubbles: true, composed: true, cancelable: true, ...change });
    contentOf(editor)!.dispatchEvent(event);
    return event;
  };

  it('save with Ctrl+S and Cmd+S, and keep the browser from its own dialog', async () => {
    for (const change of [{}, { ctrlKey: false, metaKey: true }]) {
      const responder = makeResponder();
      const editor = await open(responder);
      typeInto(editor, '#');
      await until(() => editor.isDirty);
      expect(press(editor, 's', change).defaultPrevented, true);
      await until(() => !editor.isDirty);
      expect(responder.draft.version, 2);
      document.body.replaceChildren();
    }
  });

  it('deploy with Ctrl+Enter, typed text included, without a new line in it', async () => {
    const responder = makeResponder();
    const editor = await open(responder);
    typeInto(editor, '#');
    await until(() => editor.isDirty);
    const started = hear(editor, 'fapi-deploy-start');
    expect(press(editor, 'Enter').defaultPrevented, true);
    await until(() => started.length > 0);
    expect(responder.draft.files[0]?.content, '#app = 1\n');
  });

  it('saves before it deploys when both come at once', async () => {
    const responder = makeResponder();
    const editor = await open(responder);
    typeInto(editor, '#');
    await until(() => editor.isDirty);
    const started = hear(editor, 'fapi-deploy-start');
    press(editor, 's');
    press(editor, 'Enter');
    await until(() => started.length > 0);
    expect(find(editor, '.bar'), null);
    expect(responder.draft.version, 2);
  });

  it('do not reach the hotkeys of the page while somebody types', async () => {
    const editor = await open(makeResponder());
    const reached: string[] = [];
    const listen = (event: KeyboardEvent): void => void reached.push(event.key);
    document.addEventListener('keydown', listen);
    press(editor, 'g', { ctrlKey: false });
    press(editor, '/', { ctrlKey: false });
    press(editor, 'k');
    document.removeEventListener('keydown', listen);
    expect(reached, ['k']);
  });

  it('neither save nor deploy what is shown read-only', async () => {
    const responder = makeResponder();
    const editor = await open(responder);
    editor.readonly = true;
    await editor.updateComplete;
    await until(() => contentOf(editor)?.getAttribute('contenteditable') === 'false');
    press(editor, 's');
    press(editor, 'Enter');
    expect(await editor.deploy() ?? null, null);
    expect(responder.seen.filter(({ method, path }) => method === 'PATCH' || path.endsWith('/deployments')), []);
  });
});

describe('fapi-editor that leaves the page and comes back', () => {
  it('keeps typed text, cursor and stream when it is moved', async () => {
    const responder = makeResponder();
    const editor = await open(responder);
    typeInto(editor, 'mine ');
    await until(() => editor.isDirty);
    const place = document.createElement('main');
    editor.parentElement!.append(place);
    place.append(editor);
    await until(() => contentOf(editor)?.textContent === 'mine app = 1');
    expect(editor.isDirty, true);
    typeInto(editor, 'more ');
    await until(() => contentOf(editor)?.textContent?.includes('more '));
    expect(responder.seen.filter(({ path }) => path === draftPath).length, 1);
  });

  it('edits and saves again after it was away for a while', async () => {
    const responder = makeResponder();
    const editor = await open(responder);
    await until(() => responder.openStreams > 0);
    const provider = editor.parentElement!;
    editor.remove();
    await until(() => responder.openStreams === 0, 'the stream ends when nobody looks');
    provider.append(editor);
    await until(() => contentOf(editor)?.textContent === 'app = 1');
    await until(() => responder.openStreams > 0);
    typeInto(editor, '#');
    await until(() => editor.isDirty);
    await editor.save();
    expect(responder.draft.files[0]?.content, '#app = 1\n');
  });

  it('goes on with what can be undone after it was away for a while, all of it saved, and shows none of it to another client', async () => {
    const responder = makeResponder();
    const editor = await open(responder);
    await until(() => responder.openStreams > 0);
    typeInto(editor, '#');
    await until(() => editor.isDirty);
    await editor.save();
    const provider = editor.parentElement as FapiProvider;
    editor.remove();
    await until(() => responder.openStreams === 0, 'the stream ends when nobody looks');
    provider.append(editor);
    await until(() => contentOf(editor)?.textContent === '#app = 1');
    const undo = (): boolean => contentOf(editor)!.dispatchEvent(new KeyboardEvent('keydown', { key: 'z', code: 'KeyZ', keyCode: 90, ctrlKey: true, bubbles: true, composed: true, cancelable: true }));
    undo();
    await until(() => contentOf(editor)?.textContent === 'app = 1' && editor.isDirty);
    const other = makeResponder([{ path: 'main.py', content: 'other = 1\n' }]);
    provider.client = other.client;
    await until(() => contentOf(editor)?.textContent === 'other = 1');
    undo();
    expect(contentOf(editor)!.textContent, 'other = 1');
  });

  it('shows another app when it is given another id, and nothing of the one before', async () => {
    const editor = await open(makeResponder());
    editor.appId = 'app_other';
    await until(() => text(editor).includes('req-404'));
    expect(codeOf(editor), null);
    editor.appId = appId;
    await until(() => contentOf(editor)?.textContent === 'app = 1');
  });
});

describe('fapi-editor whose server is away for a while', () => {
  it('says so after a vain save, and no more when the server is back, though nobody does anything', async () => {
    const responder = makeResponder();
    const editor = await open(responder);
    await until(() => responder.openStreams > 0);
    typeInto(editor, 'mine ');
    await until(() => editor.isDirty);
    responder.setAway(true);
    await editor.save();
    await until(() => text(editor).includes('The server cannot be reached'));
    responder.setAway(false);
    await until(() => responder.openStreams > 0 && !find(editor, '.bar'), 'no bar when the stream is back');
    expect(contentOf(editor)?.textContent, 'mine app = 1');
  });

  it('says it no more at the next word of a stream that was never lost', async () => {
    const responder = makeResponder();
    const editor = await open(responder);
    await until(() => responder.openStreams > 0);
    typeInto(editor, 'mine ');
    await until(() => editor.isDirty);
    responder.refuse(draftPath, 503, 'not_ready');
    await editor.save();
    await until(() => text(editor).includes('The server is starting'));
    responder.send({ type: 'metrics', appId, metrics: { appId, requests: 1, status2xx: 1, status3xx: 0, status4xx: 0, status5xx: 0, inFlight: 0, bytesOut: 1 } });
    await until(() => !find(editor, '.bar'), 'no bar after the next word');
  });
});

describe('a new file', () => {
  for (const width of [900, 360]) {
    it(`has the cursor as soon as it is named, so that typing goes on in it, at ${width} px`, async () => {
      const editor = await open(makeResponder());
      editor.style.width = `${width}px`;
      if (width === 360) editor.arrange({ pane: 'files' });
      const tree = find(editor, 'fapi-file-tree')!;
      find(tree, 'header button')!.click();
      const input = await until(() => find<HTMLInputElement>(tree, 'input'));
      input.value = 'routers/ships.py';
      input.closest('form')!.requestSubmit();
      await until(() => find(editor, '.tab[data-active=true] .name')?.title === 'routers/ships.py' && !find(tree, 'input'), 'the file');
      await until(() => codeOf(editor)?.shadowRoot!.activeElement === contentOf(editor), 'the cursor in it');
      // Whatever was still to come has come.
      await Promise.all([editor.updateComplete, (tree as HTMLElement & { updateComplete: Promise<unknown> }).updateComplete]);
      await new Promise((resolve) => requestAnimationFrame(resolve));
      expect([codeOf(editor)!.shadowRoot!.activeElement === contentOf(editor), (tree.shadowRoot!.activeElement ?? null)], [true, null]);
      document.execCommand('insertText', false, 'x = 1');
      await until(() => contentOf(editor)!.textContent === 'x = 1');
    });
  }
});

describe('the toolbar of fapi-editor while a deploy runs', () => {
  for (const [width, lang] of [[1_200, 'en'], [1_200, 'de'], [360, 'en'], [360, 'de']] as const) {
    it(`leaves its buttons where they are and as wide, at ${width} px in ${lang}`, async () => {
      const responder = makeResponder();
      const editor = show<FapiEditor>('fapi-editor', responder);
      editor.lang = lang;
      editor.style.width = `${width}px`;
      await until(() => contentOf(editor));
      const words = lang === 'de' ? german : english;
      const boxes = (): number[] => ['.save', '.deploy'].flatMap((selector) => {
        const { left, width: wide } = find(editor, selector)!.getBoundingClientRect();
        return [Math.round(left), Math.round(wide)];
      });
      await until(() => find(editor, '.save')!.getAttribute('aria-label') === words.saveDraft, 'the language');
      const before = boxes();
      const deployment = (await editor.deploy())!;
      for (const [status, word] of [['validating', words.stageValidating], ['preparing', words.stagePreparing], ['starting', words.stageStarting], ['verifying', words.stageVerifying]] as const) {
        responder.send({ type: 'deployment', id: '', appId, deployment: { ...deployment, status } });
        await until(() => find(editor, '.deploy.stages')?.textContent?.trim() === word, word);
        expect(boxes(), before);
      }
      responder.send({ type: 'deployment', id: '', appId, deployment: { ...deployment, status: 'live', liveAt: new Date(Date.parse(deployment.createdAt) + 118).toISOString() } });
      await until(() => find(editor, '.deploy.done')?.textContent?.includes('118'), 'how fast it was');
      expect(boxes(), before);
    });
  }
});

describe('the toolbar of fapi-editor at 360 px', () => {
  it('shows the title, both buttons and each fact in words whole, with the way to the app, and keeps the names of what is shortened', async () => {
    const live = makeDeployment({ id: 'dep_0', status: 'live', liveAt: '2026-11-24T10:00:01.000Z' });
    const responder = makeResponder(undefined, { title: 'Inventory of the harbour', live, latest: makeDeployment({ generation: 2, status: 'failed', reason: 'startup_failed' }), rollout: 'failed', health: 'running', freshness: 'not_deployed', changes: { code: true, environment: false, dependencies: false, settings: false } });
    const editor = show<FapiEditor>('fapi-editor', responder);
    editor.style.width = '360px';
    await until(() => contentOf(editor));
    const [title, save, deploy] = ['.title', '.save', '.deploy'].map((selector) => find(editor, selector)!) as [HTMLElement, HTMLElement, HTMLElement];
    for (const button of [save, deploy]) {
      expect(button.scrollWidth <= button.clientWidth, true);
      expect(button.getBoundingClientRect().right <= editor.getBoundingClientRect().right, true);
    }
    // WebKit ends what is cut off with a line break.
    expect(save.innerText.trim(), 'Save');
    expect(save.getAttribute('aria-label'), 'Save draft');
    expect([title.scrollWidth <= title.clientWidth, title.scrollHeight <= title.clientHeight], [true, true]);
    const words = [...editor.shadowRoot!.querySelectorAll<HTMLElement>('.facts .word, .facts .chip')];
    expect(words.map((word) => word.innerText.trim()), ['Live', 'Last deploy failed', 'Draft not deployed']);
    for (const word of [...words, find(editor, '.facts .url')!]) {
      const box = word.getBoundingClientRect();
      expect([word.scrollWidth <= word.clientWidth || getComputedStyle(word).display === 'inline', box.width > 20, box.right <= editor.getBoundingClientRect().right, box.bottom <= find(editor, '.toolbar')!.getBoundingClientRect().bottom, box.top >= title.getBoundingClientRect().bottom - 1], [true, true, true, true, true]);
    }
    await hasNoViolations(editor);
    editor.style.width = '1200px';
    await until(() => save.innerText.trim() === 'Save draft' && words[0]!.getBoundingClientRect().left > title.getBoundingClientRect().right);
    expect(words[0]!.innerText.trim(), 'Live · deploy 1');
  });

  it('leads from the code to the failure of the last deploy, and says so to the page', async () => {
    const responder = makeResponder(undefined, { latest: makeDeployment({ status: 'failed', reason: 'startup_failed' }), rollout: 'failed' });
    const editor = show<FapiEditor>('fapi-editor', responder);
    const side = document.createElement('div');
    side.slot = 'side';
    editor.append(side);
    editor.style.width = '360px';
    const failure = await until(() => find(editor, 'button.rollout'));
    expect(getComputedStyle(find(editor, '.pane.side')!).display, 'none');
    const asked = hear(document.body, 'fapi-open-deployment');
    failure.click();
    await until(() => getComputedStyle(find(editor, '.pane.side')!).display !== 'none');
    expect(asked, [{ appId }]);
  });
});
