import { describe, expect, it } from 'vitest';
import { toAppName, toLabel } from './names.ts';

/** The same numbers in each run. */
function createRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
const pieces = ['a', 'b', 'A', '1', '-', '--', '_', '.', 'ä', '💥', ' ', '/', 'x--', 'app-', '\0', 'long-'.repeat(9)];
const makeIds = (count: number): string[] => {
  const random = createRandom(7);
  return Array.from({ length: count }, () => Array.from({ length: random(8) }, () => pieces[random(pieces.length)]).join(''));
};

describe('the names of what is an app’s', () => {
  it.each([
    ['app-1', 'app-app-1'],
    ['7f3k2m9x', 'app-7f3k2m9x'],
    ['never-was', 'app-never-was'],
  ])('shows the id %s as it is', (id, name) => expect(toAppName(id)).toBe(name));

  it('are DNS labels with room for the name of a pod, whatever the id', () => {
    for (const id of ['', '-', ...makeIds(5_000)]) {
      expect(toAppName(id)).toMatch(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/);
      expect(toAppName(id).length).toBeLessThanOrEqual(57);
      expect(toLabel(id)).toMatch(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/);
    }
  });

  it('are shared by no two ids, not even by those that look like a name that was made', () => {
    const first = ['', 'A', 'a', 'a_', 'a.', 'a-', 'Ab', 'ab', 'aB', ...makeIds(5_000)];
    const ids = new Set([...first, ...first.map(toLabel)]);
    const plain = [...ids].filter((id) => toLabel(id) === id);
    expect(new Set([...ids].map(toLabel)).size).toBe(ids.size);
    expect(plain.length).toBeGreaterThan(3);
  });

  it('are the same every time', () => expect(toLabel('Ä/b')).toBe(toLabel('Ä/b')));
});
