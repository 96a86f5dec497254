import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { english } from '../src/strings.ts';
import { commonEnglish } from '../src/strings/common.ts';

const folder = join(import.meta.dirname, '..');
const elements = globSync('src/elements/*/*.ts', { cwd: folder }).filter((file) => /\bclass Fapi\w+ extends/.test(readFileSync(join(folder, file), 'utf8'))).toSorted();
const parts = Object.assign({}, ...await Promise.all(globSync('src/strings/*.ts', { cwd: folder }).map((file) => import(join(folder, file)) as Promise<object>))) as Record<string, object>;

/** The sources of an element, and of what it loads later. */
async function sourcesOf(element: string): Promise<{ file: string; text: string }[]> {
  const { metafile } = await build({ entryPoints: [element], absWorkingDir: folder, outdir: '/out', write: false, metafile: true, bundle: true, splitting: true, format: 'esm', platform: 'browser', conditions: ['fapi-source'], logLevel: 'silent' });
  return Object.keys(metafile.inputs).filter((file) => file.startsWith('src/')).map((file) => ({ file, text: readFileSync(join(folder, file), 'utf8') }));
}

describe('the words of an element', { timeout: 60_000 }, () => {
  it.each(elements)('come with it, wherever they are said: %s', async (element) => {
    const sources = await sourcesOf(element);
    const brought = new Set([commonEnglish, ...sources.flatMap(({ text }) => [...text.matchAll(/^addEnglish\((\w+)\);$/gm)].map(([, name]) => parts[name!]!))].flatMap(Object.keys));
    const said = sources.flatMap(({ file, text }) => [...text.matchAll(/\bstrings\.(\w+)/g)].filter(([, word]) => word! in english).map(([, word]) => ({ file, word: word! })));
    expect(said.filter(({ word }) => !brought.has(word))).toEqual([]);
  });

  it('are all said by something', () => {
    const text = globSync('src/**/*.ts', { cwd: folder, exclude: ['src/strings/**', 'src/german/**'] }).map((file) => readFileSync(join(folder, file), 'utf8')).join('\n');
    const names = new Set(text.match(/\w+/g));
    expect(Object.keys(english).filter((word) => !names.has(word))).toEqual([]);
  });

  it('stand in one part each', () => {
    expect(Object.values(parts).flatMap(Object.keys).toSorted()).toEqual(Object.keys(english).toSorted());
  });
});
