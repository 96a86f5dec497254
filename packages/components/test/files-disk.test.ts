import { button, ctrl, type Desk, files, open, project } from './desk.ts';
import { appId, until } from '../scenes/server/responder.ts';
import { contentOf, expect, find, hasNoViolations, typeInto } from './show.ts';

afterEach(() => {
  document.body.replaceChildren();
  document.documentElement.dir = '';
});

/** Drops files onto a place of the page, as the desktop does. */
function dropFiles(target: Element, dropped: readonly File[]): void {
  const dataTransfer = new DataTransfer();
  for (const file of dropped) dataTransfer.items.add(file);
  for (const type of ['dragover', 'drop']) target.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, composed: true, cancelable: true }));
}

describe('files that are dropped', () => {
  it('on a folder of the tree are in it, text and what is none, under names that a draft can have, in one step', async () => {
    const { editor, tree, saved, said, responder, press, at } = await open();
    dropFiles(find(tree, '[data-path=static]')!, [new File(['body {}\n'], 'Füße (1).css'), new File([new Uint8Array([0x89, 0x50, 0, 0xff])], 'logo.png'), new File(['x'], '.env')]);
    await until(() => said().includes('added'));
    expect(said(), '2 files were added. Renamed so that they can be used: static/Fusse-1.css Left out: .env (hidden) Undo');
    await saved();
    expect(responder.draft.files.filter(({ path }) => path.startsWith('static/')), [{ path: 'static/site.css', content: '# static/site.css\n' }, { path: 'static/Fusse-1.css', content: 'body {}\n' }, { path: 'static/logo.png', content: 'iVAA/w==', encoding: 'base64' }].toSorted((a, b) => (a.path < b.path ? -1 : 1)));
    await editor.open('static/logo.png');
    await until(() => editor.shadowRoot!.textContent!.includes('This file is not text') && editor.shadowRoot!.textContent!.includes('4 byte'));
    await at('main.py');
    await press('z', ctrl);
    expect(await saved(), project().map(({ path }) => path));
  });

  for (const [word, wanted] of [['Replace it', { 'main.py': 'new\n', 'other.py': 'o\n' }], ['Keep both', { 'main-2.py': 'new\n', 'main.py': '# main.py\n', 'other.py': 'o\n' }], ['Leave it out', { 'main.py': '# main.py\n', 'other.py': 'o\n' }]] as const) {
    it(`on the code are at the top, and where a name is taken it is asked once: ${word}`, async () => {
      const { editor, tree, saved, said, responder } = await open(files('main.py'));
      dropFiles(contentOf(editor)!, [new File(['new\n'], 'main.py'), new File(['o\n'], 'other.py')]);
      await until(() => button(tree, word));
      expect([said(), tree.shadowRoot!.activeElement?.textContent], ['Already there: main.py Keep both Leave it out Replace it', 'Keep both']);
      await hasNoViolations(tree);
      button(tree, word)!.focus();
      button(tree, word)!.click();
      await until(() => said().includes('added'));
      await until(() => tree.shadowRoot!.activeElement?.textContent === 'Undo', 'the focus on the way back');
      await saved();
      expect(Object.fromEntries(responder.draft.files.map(({ path, content }) => [path, content])), wanted);
      expect(contentOf(editor)!.textContent!.includes('o\n'), false);
    });
  }

  it('that are more than a draft can hold are refused with how much they are and how much there is room for', async () => {
    const { tree, said, saved } = await open(files('main.py'));
    dropFiles(find(tree, 'ul')!, Array.from({ length: 200 }, (_, index) => new File(['x'], `f${index}.py`)));
    await until(() => said() !== '');
    expect(said(), 'Nothing was added. 201 files; a draft can have 200.');
    dropFiles(find(tree, 'ul')!, [new File(['x'.repeat(5_100_000)], 'big.txt')]);
    await until(() => said().includes('MB'));
    expect([said(), await saved()], ['Nothing was added. 5.1 MB; a draft can have 5 MB.', ['main.py']]);
  });

  it('are said to the byte where rounded they would be as much as a draft can have, of an archive and beside what is there', async () => {
    const { tree, said, responder, saved } = await open([{ path: 'main.py', content: 'x'.repeat(5_000_000) }]);
    dropFiles(find(tree, 'ul')!, [new File(['x'], 'one.txt')]);
    await until(() => said() !== '');
    expect(said(), 'Nothing was added. 5,000,001 bytes; a draft can have 5,000,000.');
    responder.refuse(`/v1/apps/${appId}/draft/unpack`, 413, 'draft_too_large', [{ path: 'zip', message: 'too much', used: 5_000_006, limit: 5_000_000 }]);
    dropFiles(find(tree, 'ul')!, [new File(['PK'], 'shop.zip')]);
    await until(() => said().includes('5,000,006'));
    expect([said(), await saved()], ['Nothing was added. 5,000,006 bytes; a draft can have 5,000,000.', ['main.py']]);
  });

  it('are not taken by an editor that may only be read', async () => {
    const { editor, tree, saved, said } = await open(files('main.py'));
    editor.readonly = true;
    await editor.updateComplete;
    dropFiles(find(tree, 'ul')!, [new File(['x'], 'new.py')]);
    editor.readonly = false;
    expect([await saved(), said()], [['main.py'], '']);
  });
});

describe('an archive that is dropped', () => {
  const drop = async (word: string): Promise<Desk> => {
    const desk = await open(files('main.py', 'old.py'));
    desk.responder.unpacked = { files: [{ path: 'main.py', content: 'zip\n' }, { path: 'app/a.py', content: 'a\n' }], leftOut: [{ path: '.gitignore', reason: 'hidden' }, { path: '__pycache__/a.pyc', reason: 'cache' }] };
    dropFiles(find(desk.tree, 'ul')!, [new File(['PK'], 'shop-main.zip')]);
    await until(() => button(desk.tree, word));
    expect(desk.said(), 'shop-main.zip contains 2 files. Left out: .gitignore (hidden) Left out: __pycache__/a.pyc (cache) Keep both Leave it out Replace it Replace the whole draft');
    expect([...find(desk.tree, '.said dl')!.querySelectorAll('dt, dd')].map(({ textContent }) => textContent), ['Not in the archive, deleted if you replace the whole draft: 1', 'old.py', 'In the draft with other content: 1', 'main.py', 'New: 1', 'app/a.py']);
    await hasNoViolations(desk.tree);
    button(desk.tree, word)!.click();
    await until(() => desk.said().includes('Undo'));
    return desk;
  };

  it('can take the place of the draft, and what it leaves out is told', async () => {
    const { responder, saved, said, tree } = await drop('Replace the whole draft');
    expect(said(), 'The draft now has the 2 files of the archive. Left out: .gitignore (hidden) Left out: __pycache__/a.pyc (cache) Undo');
    expect(await saved(), ['app/a.py', 'main.py']);
    button(tree, 'Undo')!.click();
    await saved();
    expect(responder.draft.files, files('main.py', 'old.py'));
  });

  it('can be added to it', async () => {
    const { saved } = await drop('Replace it');
    expect(await saved(), ['app/a.py', 'main.py', 'old.py']);
  });

  it('that cannot be read is refused in words', async () => {
    const { responder, tree, said } = await open(files('main.py'));
    responder.refuse('/v1/apps/app_test/draft/unpack', 422, 'zip_invalid');
    dropFiles(find(tree, 'ul')!, [new File(['no'], 'a.zip')]);
    await until(() => said() !== '');
    expect(said(), 'Nothing was added. This is not a zip archive that can be read here.');
  });
});

describe('the export of a draft', () => {
  it('saves first, and is a download named after the app', async () => {
    const { editor, tree, responder } = await open(files('main.py'));
    typeInto(editor, 'typed');
    const downloads: string[] = [];
    const click = HTMLAnchorElement.prototype.click;
    HTMLAnchorElement.prototype.click = function (this: HTMLAnchorElement) { downloads.push(`${this.download} ${this.protocol}`); };
    try {
      find(tree, '[data-more]')!.click();
      (await until(() => find(tree, '[data-act=export]'))).click();
      await until(() => downloads.length > 0);
    } finally {
      HTMLAnchorElement.prototype.click = click;
    }
    expect([downloads, responder.draft.files[0]!.content.startsWith('typed')], [['hello-abc.zip blob:'], true]);
  });
});
