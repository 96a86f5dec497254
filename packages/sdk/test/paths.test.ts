import { describe, expect, it } from 'vitest';
import { findPathClashes, findPathProblem, limits } from '@fapi/sdk/contract';

describe('the rule for a path', () => {
  it.each([
    ['', 'empty'], ['/etc/passwd', 'absolute'], ['/', 'absolute'], ['a'.repeat(limits.pathBytes + 1), 'too_long'], ['é'.repeat(limits.pathBytes / 2 + 1), 'too_long'],
    ['a/b/c/d/e/f/g/h/i.py', 'too_deep'], ['../x.py', 'dots'], ['a/./x.py', 'dots'], ['a//x.py', 'empty_segment'], ['a/', 'empty_segment'],
    ['.env', 'bad_start'], ['a/.git/config', 'bad_start'], ['-x.py', 'bad_start'], ['a b.py', 'bad_character'], ['näme.py', 'bad_character'], ['a\\b.py', 'bad_character'], ['a\n', 'bad_character'], ['aux.py', 'reserved'], ['lib/CON', 'reserved'], ['com1.tar.gz', 'reserved'], ['auxiliary.py', undefined], ['lib.con', undefined],
  ])('says of %j that it is %s', (path, problem) => {
    expect(findPathProblem(path)).toBe(problem);
  });

  it.each(['main.py', 'routers/__init__.py', 'a/b/c/d/e/f/g/h.py', 'static/site-1.0.min.css', '0', 'a'.repeat(limits.pathBytes)])('finds nothing wrong with %s', (path) => {
    expect(findPathProblem(path)).toBeUndefined();
  });
});

describe('the rule for paths together', () => {
  it.each([
    ['twice the same', ['main.py', 'main.py'], [{ index: 1, code: 'file_twin', other: 'main.py' }]],
    ['twins by case', ['main.py', 'Main.py'], [{ index: 1, code: 'file_twin', other: 'main.py' }]],
    ['folder twins by case', ['routers/a.py', 'Routers/b.py'], [{ index: 1, code: 'folder_twin', other: 'routers' }]],
    ['folder twins further down', ['a/Sub/x.py', 'a/sub/y.py'], [{ index: 1, code: 'folder_twin', other: 'a/Sub' }]],
    ['a file where a folder is', ['a/b.py', 'A'], [{ index: 1, code: 'folder_of_file', other: 'a/b.py' }]],
    ['a folder where a file is', ['a', 'a/b.py'], [{ index: 0, code: 'folder_of_file', other: 'a/b.py' }]],
    ['neighbours', ['a/b.py', 'a/c.py', 'b/b.py', 'b.py'], []],
    ['nothing', [], []],
  ])('of %s', (_, paths, clashes) => {
    expect(findPathClashes(paths)).toEqual(clashes);
  });
});
