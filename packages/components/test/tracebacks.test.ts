import { foldFrames } from '../src/tracebacks.ts';
import { expect } from './show.ts';
import { traceback } from './traceback.ts';

describe('frames of the import system', () => {
  const table: readonly [string, readonly string[], readonly (readonly [boolean, number])[]][] = [
    ['are folded with their lines of code, between those that are not', traceback, [[false, 4], [true, 5], [false, 3]]],
    ['of a group are folded too', ['  | Traceback (most recent call last):', '  |   File "<frozen importlib._bootstrap>", line 1, in x', '  |   File "main.py", line 1, in x'], [[false, 1], [true, 1], [false, 1]]],
    ['are folded as the runner names them', ['  File "importlib/__init__.py", line 126, in import_module', '    return _bootstrap', '           ^^^^', '  File "my_importlib/__init__.py", line 1, in <module>'], [[true, 3], [false, 1]]],
    ['are not what only names them', ['importlib is slow', 'File "<frozen importlib._bootstrap>" was read'], [[false, 2]]],
    ['are none in nothing', [], []],
  ];
  for (const [fact, lines, runs] of table) it(fact, () => expect(foldFrames(lines, (line) => line).map(({ isFolded, lines: run }) => [isFolded, run.length]), runs));
});
