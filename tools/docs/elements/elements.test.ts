import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as elements from '@fapi/components';
import { describe, expect, it } from 'vitest';
import { root } from '../../parts/paths.ts';
import { generatedPages } from '../generated.ts';
import { readElements } from './manifest.ts';

const folder = join(root, 'packages/components');
const read = (file: string): string => readFileSync(join(folder, file), 'utf8');

/** A source and what it is made of, without other elements. Of a module that is loaded later it knows the types of its functions. */
function sourcesOf(file: string, seen = new Set<string>()): string[] {
  if (seen.has(file) || !existsSync(join(folder, file))) return [];
  seen.add(file);
  const text = read(file);
  const imported = [...text.matchAll(/^(?:import|export) (?!type(?! \{ [a-z]))[^;]*?from '(\.[^']+)';/gm)].map(([, path]) => join(dirname(file), path!));
  return [text, ...imported.filter((path) => !globSync('src/elements/*/*.ts', { cwd: folder }).includes(path) || !read(path).includes(' * @tag fapi-')).flatMap((path) => sourcesOf(path, seen))];
}

it.each(Object.keys(generatedPages))('%s is what the sources say: run "npm run docs" after a change', (file) => {
  expect(readFileSync(join(root, file), 'utf8')).toBe(generatedPages[file]!());
});

describe.each(readElements().map((element) => [element.tagName, element] as const))('the docstring of %s', (tagName, element) => {
  const file = globSync('src/elements/*/*.ts', { cwd: folder }).find((path) => read(path).includes(` * @tag ${tagName}\n`))!;
  const texts = sourcesOf(file);
  const found = (pattern: RegExp): string[] => [...new Set(texts.flatMap((text) => [...text.matchAll(pattern)].map(([, name]) => name!)))].toSorted();
  const named = (list: readonly { name: string }[] = []): string[] => list.map(({ name }) => name).toSorted();

  it('says something of all that is public', () => {
    const all = [...(element.attributes ?? []), ...(element.members ?? []), ...(element.events ?? []), ...(element.slots ?? []), ...(element.cssParts ?? []), ...(element.cssProperties ?? [])];
    expect(element.summary.length).toBeGreaterThan(20);
    expect(all.filter(({ description }) => (description ?? '') === '').map(({ name }) => name)).toEqual([]);
  });

  it('has each attribute and property that Lit knows, and no other', () => {
    const lit = (elements as unknown as Record<string, { elementProperties: Map<string, { state?: boolean; attribute?: false | string }> }>)[element.name]!.elementProperties;
    const known = [...lit].filter(([, { state }]) => state !== true);
    const writable = (element.members ?? []).filter(({ kind, readonly }) => kind === 'field' && readonly !== true);
    expect(named(writable)).toEqual(known.map(([name]) => name).toSorted());
    const mirrored = (element.attributes ?? []).filter(({ fieldName }) => fieldName !== undefined);
    expect(named(mirrored)).toEqual(known.filter(([, { attribute }]) => attribute !== false).map(([name, { attribute }]) => (typeof attribute === 'string' ? attribute : name.toLowerCase())).toSorted());
  });

  it('has each part, and no other', () => {
    const drawn = [...found(/part=(?:"|\$\{[^}]*?')([a-z -]+)["']/g), ...found(/part=\$\{[^}]*: '([a-z-]+)'\}/g)].flatMap((names) => names.split(' '));
    // What every element has a builder has by the elements that it is made of; their other parts are described with them.
    const common = ['root', 'header', 'status', 'error', 'empty', 'loading'];
    const exported = found(/exportparts="([^"]+)"/g).flatMap((names) => names.split(/,\s*/)).filter((name) => common.includes(name));
    // Icons are of all elements; the pill's file is imported for its shapes too.
    const isOwn = (name: string): boolean => name !== 'icon' && (name !== 'status' || exported.includes(name) || read(file).includes('part="status"') || texts.some((text) => /import[^;]*\bstatusPill\b/.test(text)));
    expect(named(element.cssParts)).toEqual([...new Set([...drawn, ...exported])].filter(isOwn).toSorted());
  });

  it('has each event that its files send, and no other', () => {
    const folderOf = globSync(`${dirname(file)}/*.ts`, { cwd: folder }).map(read);
    const sent = new Set([...texts, ...folderOf].flatMap((text) => [...text.matchAll(/emit\([^,()]+, '(fapi-[a-z-]+)'/g)].map(([, name]) => name!)));
    expect((element.events ?? []).map(({ name }) => name).filter((name) => name.startsWith('fapi-') && !sent.has(name))).toEqual([]);
  });

  it('has the height and every other custom property of its own', () => {
    const shared = new Set([...read('src/styles/tokens.ts').matchAll(/--fapi-[a-z0-9-]+/g)].map(([name]) => name));
    const theme = tagName === 'fapi-code' ? [...read('src/elements/code/code.styles.ts').matchAll(/var\((--fapi-[a-z0-9-]+)/g)].map(([, name]) => name!) : [];
    const own = new Set([...found(/var\((--fapi-[a-z0-9-]+)/g), ...theme]);
    expect(named(element.cssProperties)).toEqual([...own].filter((name) => !shared.has(name)).toSorted());
  });
});
