import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Deployment } from '@fapi/sdk/contract';
import { liveInMs, stageRows } from '../src/app-status.ts';
import { deployments } from '../scenes/server/samples.ts';
import { isAbsent, lookStates } from '../scenes/scene.ts';
import type { Row } from '../scenes/scene.ts';
import { table, tags } from '../scenes/table.ts';

interface Manifest { readonly modules: readonly { readonly declarations?: readonly { readonly tagName?: string }[] }[] }
/** What is of text alone, or goes without its means of changing. */
const wordless: readonly string[] = ['fapi-code', 'fapi-file-tree', 'fapi-find'];
const manifest = JSON.parse(readFileSync(join(import.meta.dirname, '../custom-elements.json'), 'utf8')) as Manifest;

it('counts as long in the stages of a deploy that is shown as its headline says', () => {
  const live = { createdAt: '2026-11-24T10:00:00.000Z', ...deployments['live'] } as Deployment;
  const times = stageRows(live).map(({ durationMs }) => durationMs!);
  expect(times.every((ms) => ms > 0)).toBe(true);
  expect(times.reduce((sum, ms) => sum + ms, 0)).toBe(liveInMs(live));
});

describe('the table of scenes', () => {
  it('has a row for every element of the package, and none of another', () => {
    expect([...tags].toSorted()).toEqual(manifest.modules.flatMap(({ declarations = [] }) => declarations.flatMap(({ tagName }) => tagName ?? [])).toSorted());
  });

  it.each(tags)('shows every state of LOOK, or says in a sentence why it cannot: %s', (tag) => {
    const { states }: Row = table[tag];
    expect(Object.keys(states).toSorted()).toEqual([...lookStates].toSorted());
    for (const one of Object.values(states)) if (isAbsent(one)) expect(one.absent).toMatch(/^[A-Z]\S*( \S+){5,}\.$/);
  });

  // A page that waits says so; what has nothing or may not says what there is to do. A text to read or type in has no words of ours: what alone it has then is held by the looks.
  it.each(tags.filter((tag) => !wordless.includes(tag)))('tells by its words that it waits, is empty or may not: %s', (tag) => {
    const { states }: Row = table[tag];
    for (const state of ['loading', 'empty', 'no-permission'] as const) {
      const one = states[state];
      if (!isAbsent(one)) expect(one.says, state).toMatch(/\w{3}/);
    }
  });
});
