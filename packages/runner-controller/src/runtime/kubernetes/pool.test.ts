import type { V1Pod } from '@kubernetes/client-node';
import { describe, expect, it } from 'vitest';
import { orderFree } from './pool.ts';

const pod = (name: string, nodeName?: string): V1Pod => ({ metadata: { name }, spec: { containers: [], ...(nodeName === undefined ? {} : { nodeName }) } });
const isCurrent = ({ metadata }: V1Pod): boolean => !metadata!.name!.startsWith('old');

describe('of the free pods an app is given', () => {
  it.each([
    ['one where it is not yet', [pod('a', 'one'), pod('b', 'two'), pod('c', 'one')], ['one'], ['b']],
    ['one of the wanted image, even where it is already', [pod('a', 'one'), pod('old', 'two')], ['one'], ['a', 'old']],
    ['the others too, where nothing else is left', [pod('a', 'one'), pod('old-a', 'one'), pod('old-b', 'two')], ['one'], ['a', 'old-b', 'old-a']],
    ['nothing where there is nothing', [], ['one'], []],
  ])('%s first', (_title, free, nodes, expected) => {
    for (let n = 0; n < 20; n++) expect(orderFree(free, isCurrent, new Set(nodes)).map(({ metadata }) => metadata!.name).slice(0, expected.length)).toEqual(expected);
  });
});
