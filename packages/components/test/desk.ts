import type { AppFile, Finding } from '@fapi/sdk/contract';
import type { FapiEditor, FapiFileTree } from '../src/index.ts';
import { makeResponder, type Responder, until } from '../scenes/server/responder.ts';
import { contentOf, find, show } from './show.ts';

/** An editor with a project in it, and hands for its tree of files. */
export const files = (...paths: string[]): AppFile[] => paths.map((path) => ({ path, content: `# ${path}\n` }));
export const project = (): AppFile[] => files('main.py', 'routers/__init__.py', 'routers/deep/a.py', 'routers/items.py', 'static/site.css', 'tests/test_main.py');

export interface Desk {
  editor: FapiEditor;
  tree: FapiFileTree;
  responder: Responder;
  /** Paths of the draft that the server got, after a save. */
  saved(): Promise<string[]>;
  press(key: string, more?: KeyboardEventInit): Promise<void>;
  focused(): string | undefined;
  at(path: string): Promise<void>;
  said(): string;
  type(path: string): Promise<string | undefined>;
}

export async function open(drafted = project(), findings: readonly Finding[] = []): Promise<Desk> {
  const responder = makeResponder(drafted);
  responder.findings = [...findings];
  const editor = show<FapiEditor>('fapi-editor', responder);
  editor.autosave = 'off';
  await until(() => contentOf(editor), 'the code editor');
  const tree = find<FapiFileTree>(editor, 'fapi-file-tree')!;
  const focused = (): string | undefined => (tree.shadowRoot!.activeElement as HTMLElement | null)?.dataset['path'];
  const settle = async (): Promise<void> => {
    await editor.updateComplete;
    await tree.updateComplete;
    await new Promise((resolve) => setTimeout(resolve));
  };
  return {
    editor, tree, responder, focused,
    async saved() {
      await editor.save();
      return responder.draft.files.map(({ path }) => path);
    },
    async press(key, more = {}) {
      (tree.shadowRoot!.activeElement ?? tree).dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, composed: true, cancelable: true, ...more }));
      await settle();
    },
    async at(path) {
      tree.reveal(path);
      await until(() => focused() === path, `the focus on ${path}`);
    },
    said: () => [...find(tree, '.said')!.querySelectorAll('p, button:not([data-hide])')].map(({ textContent }) => textContent).join(' '),
    async type(path) {
      const input = await until(() => find<HTMLInputElement>(tree, 'input'));
      input.value = path;
      input.form!.requestSubmit();
      await settle();
      return find(tree, '#problem:not([hidden])')?.textContent ?? undefined;
    },
  };
}
export const rows = (tree: Element): string[] => [...tree.shadowRoot!.querySelectorAll<HTMLElement>('[role=treeitem]')].map(({ dataset }) => dataset['path']!);
export const ctrl = { ctrlKey: true };
export const button = (tree: Element, word: string): HTMLElement | undefined => [...tree.shadowRoot!.querySelectorAll<HTMLElement>('.said button')].find(({ textContent }) => textContent === word);
