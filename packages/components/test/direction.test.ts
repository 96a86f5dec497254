import type { FapiFileTree } from '../src/index.ts';
import { until } from '../scenes/server/responder.ts';
import { expect, find } from './show.ts';

afterEach(() => {
  document.documentElement.dir = '';
  document.body.replaceChildren();
});

/** Where the letters of a text stand, from left to right. */
function placesOf(text: Node): number[] {
  return [...text.textContent!].map((_, at) => {
    const range = document.createRange();
    range.setStart(text, at);
    range.setEnd(text, at + 1);
    return range.getBoundingClientRect().left;
  });
}

describe('a page that runs from right to left', () => {
  it('has names of files as they are written, at the right', async () => {
    document.documentElement.dir = 'rtl';
    const tree = Object.assign(document.createElement('fapi-file-tree'), { paths: ['__init__.py'] }) as FapiFileTree;
    tree.style.width = '300px';
    document.body.append(tree);
    const name = await until(() => find(tree, '[role=treeitem] .truncate'));
    const text = [...name.childNodes].find((node) => node.nodeType === Node.TEXT_NODE && node.textContent === '__init__.py')!;
    const places = placesOf(text);
    expect(places, places.toSorted((a, b) => a - b));
    const box = tree.getBoundingClientRect();
    expect(places[0]! > box.left + box.width / 2, true);
  });
});
