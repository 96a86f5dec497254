import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isAbsent, lookStates } from '../scenes/scene.ts';
import type { Row } from '../scenes/scene.ts';
import { table, tags } from '../scenes/table.ts';

interface Manifest { readonly modules: readonly { readonly declarations?: readonly { readonly tagName?: string }[] }[] }
const manifest = JSON.parse(readFileSync(join(import.meta.dirname, '../custom-elements.json'), 'utf8')) as Manifest;

describe('the table of scenes', () => {
  it('has a row for every element of the package, and none of another', () => {
    expect([...tags].toSorted()).toEqual(manifest.modules.flatMap(({ declarations = [] }) => declarations.flatMap(({ tagName }) => tagName ?? [])).toSorted());
  });

  it.each(tags)('shows every state of LOOK, or says in a sentence why it cannot: %s', (tag) => {
    const { states }: Row = table[tag];
    expect(Object.keys(states).toSorted()).toEqual([...lookStates].toSorted());
    for (const one of Object.values(states)) if (isAbsent(one)) expect(one.absent).toMatch(/^[A-Z].{30,}\.$/);
  });
});
