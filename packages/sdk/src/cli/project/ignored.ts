import { join } from 'node:path';
import makeRules, { type Ignore } from 'ignore';
import { readText } from './read-text.ts';

/** Never part of an app. Names that begin with a dot are refused by the server anyway. */
const always = ['.*', 'fapi.json', '__pycache__/', '*.pyc', '*.pyo', 'node_modules/', 'venv/', '*.egg-info/'];
const ruleFiles = ['.gitignore', '.fapiignore'] as const;

/** The rules of one folder, for paths relative to it. */
interface Layer { readonly folder: string; readonly rules: Ignore }

/** Which files are left out: our own list, then .gitignore and .fapiignore of each folder on the way; the last rule that speaks of a path wins. */
export interface Ignored {
  isIgnored(path: string, isFolder: boolean): boolean;
  /** The rules inside `folder`, on top of these. */
  enter(folder: string): Promise<Ignored>;
}

export async function readIgnored(root: string): Promise<Ignored> {
  const fixed = makeRules().add(always);
  const withLayers = (layers: readonly Layer[]): Ignored => ({
    isIgnored(path, isFolder) {
      const name = isFolder ? `${path}/` : path;
      if (fixed.ignores(name)) return true;
      let verdict = false;
      for (const { folder, rules } of layers) {
        const { ignored, unignored } = rules.test(folder === '' ? name : name.slice(folder.length + 1));
        if (ignored || unignored) verdict = ignored;
      }
      return verdict;
    },
    async enter(folder) {
      const texts = await Promise.all(ruleFiles.map((file) => readText(join(root, folder, file)).catch(() => '')));
      return texts.every((text) => text.trim() === '') ? this : withLayers([...layers, ...texts.map((text) => ({ folder, rules: makeRules().add(text) }))]);
    },
  });
  return withLayers([]).enter('');
}
