import type { FapiFileTree, FileTreeAct } from '../src/index.ts';
import { until } from '../scenes/server/responder.ts';
import { expect, find, hasNoViolations } from './show.ts';

afterEach(() => document.body.replaceChildren());

async function ask(paths: readonly string[], button: 'New file' | 'Rename file', active?: string): Promise<{ tree: FapiFileTree; acts: FileTreeAct[]; type(path: string): Promise<string | undefined> }> {
  const tree = document.createElement('fapi-file-tree');
  const acts: FileTreeAct[] = [];
  tree.paths = paths;
  tree.active = active;
  tree.addEventListener('file-act', (event) => acts.push((event as CustomEvent<FileTreeAct>).detail));
  document.body.append(tree);
  await tree.updateComplete;
  find(tree, `button[aria-label="${button}"]`)!.click();
  await until(() => find(tree, 'input'), 'the field');
  return {
    tree, acts,
    /** Types a path and sends it; answers what the tree says against it. */
    async type(path) {
      const input = find<HTMLInputElement>(tree, 'input')!;
      input.value = path;
      input.form!.requestSubmit();
      await tree.updateComplete;
      return find(tree, '#problem:not([hidden])')?.textContent ?? undefined;
    },
  };
}

describe('a path typed into fapi-file-tree', () => {
  const paths = ['main.py', 'routers/items.py', 'routers/deep/a.py'];
  const refused: Record<string, string> = {
    '': 'A file needs a path.',
    '.env': 'Each name begins with a letter, a digit or _.',
    'routers/.hidden/a.py': 'Each name begins with a letter, a digit or _.',
    '-x.py': 'Each name begins with a letter, a digit or _.',
    'a/b/c/d/e/f/g/h/i.py': 'A path may have 8 parts at most.',
    [`${'a'.repeat(201)}`]: 'A path may have 200 characters at most.',
    'a b.py': 'Use letters, digits, _ . and -, with / between folders.',
    '../x.py': 'Use letters, digits, _ . and -, with / between folders.',
    '/x.py': 'Use letters, digits, _ . and -, with / between folders.',
    'main.py': 'A file with this path already exists.',
    'Main.py': 'main.py already exists, and the names differ only in case.',
    'Routers/b.py': 'routers already exists, and the names differ only in case.',
    'routers/Deep/b.py': 'routers/deep already exists, and the names differ only in case.',
    'routers/deep': 'A name is either a file or a folder, and routers/deep/a.py already exists.',
    'main.py/x.py': 'A name is either a file or a folder, and main.py already exists.',
  };
  for (const [path, words] of Object.entries(refused)) {
    it(`is refused as the server would: "${path.slice(0, 24)}"`, async () => {
      const { tree, acts, type } = await ask(paths, 'New file');
      expect(await type(path), words);
      expect(acts, []);
      await hasNoViolations(tree);
    });
  }

  it('is taken when nothing is wrong with it, after one that was refused', async () => {
    const { acts, type } = await ask(paths, 'New file');
    expect(await type('.env'), 'Each name begins with a letter, a digit or _.');
    expect(await type('routers/deep/b.py') ?? null, null);
    expect(acts, [{ act: 'add', path: 'routers/deep/b.py' }]);
  });

  it('may be the old one in another case when a file is renamed, and that of no other', async () => {
    const { acts, type } = await ask(paths, 'Rename file', 'main.py');
    expect(await type('ROUTERS/deep/a.py'), 'routers/deep/a.py already exists, and the names differ only in case.');
    expect(await type('Main.py') ?? null, null);
    expect(acts, [{ act: 'rename', path: 'main.py', to: 'Main.py' }]);
  });
});

describe('the buttons above the files', () => {
  afterEach(() => { document.documentElement.lang = 'en'; });

  it('name the keys as a German keyboard has them, for folders as for files', async () => {
    document.documentElement.lang = 'de';
    const tree = Object.assign(document.createElement('fapi-file-tree'), { paths: ['lib/a.py', 'main.py'] });
    document.body.append(tree);
    const titles = (): string[] => [...tree.shadowRoot!.querySelectorAll<HTMLElement>('header button')].slice(1, 3).map(({ title }) => title);
    for (const [path, wanted] of [['lib', ['Ordner umbenennen (F2)', 'Ordner löschen (Entf)']], ['main.py', ['Datei umbenennen (F2)', 'Datei löschen (Entf)']]] as const) {
      tree.reveal(path);
      await until(() => titles()[1] === wanted[1], wanted[1]);
      expect(titles(), wanted);
    }
  });
});
