import { type AppFile, limits } from '@fapi/sdk/contract';
import { extract } from 'tar-stream';
import { describe, expect, it } from 'vitest';
import { DomainError } from '../src/domain/errors.ts';
import { checkFiles, hashFile } from '../src/domain/code/files.ts';
import { applyPatch } from '../src/domain/code/patch.ts';
import { makeHost } from '../src/domain/host.ts';
import { digestOf, makeBundle } from '../src/domain/code/revision.ts';

const file = (path: string, content = ''): AppFile => ({ path, content });

function refusalOf(files: AppFile[]): DomainError {
  try {
    checkFiles(files);
  } catch (error) {
    if (error instanceof DomainError) return error;
    throw error;
  }
  throw new Error('the files were taken');
}

describe('the rules of paths', () => {
  it.each(['main.py', 'routers/items.py', 'routers/__init__.py', 'a/b/c/d/e/f/g/h.py', 'static/site-1.0.min.css', 'UPPER/Case.TXT', '0', `${'a'.repeat(96)}/${'b'.repeat(103)}`])('take %s', (path) => {
    expect(() => checkFiles([file(path)])).not.toThrow();
  });

  it.each([
    '/etc/passwd', '../x.py', 'a/../x.py', 'a/./x.py', '.', '..', './x.py', 'a//x.py', 'a/', '/', '.env', 'a/.git/config', 'a\\b.py', 'a b.py', 'näme.py', 'a\u0000.py', 'a\n.py', 'C:\\x.py', 'con:x', '%2e%2e/x.py',
    'x\u202Epy', '\u{1F600}.py', 'a/b/c/d/e/f/g/h/i.py', '~/x.py', '*', 'a'.repeat(201), '\uD800.py', '\uFF0E\uFF0E/x.py',
  ])('refuse %j with the place of the path', (path) => {
    const refusal = refusalOf([file('main.py'), file(path)]);
    expect(refusal.code).toBe('draft_invalid');
    expect(refusal.issues?.every((issue) => issue.path === '/files/1/path' && issue.message.length > 0)).toBe(true);
  });

  it.each([
    ['twice the same path', ['main.py', 'main.py']],
    ['twins by case', ['main.py', 'Main.py']],
    ['a file where another has a folder', ['a', 'a/b.py']],
    ['a folder where another has a file', ['a/b.py', 'a']],
    ['a file and a folder that are twins by case', ['A', 'a/b.py']],
    ['folders that are twins by case', ['routers/a.py', 'Routers/b.py']],
  ])('refuse %s', (_, paths) => {
    expect(refusalOf(paths.map((path) => file(path))).code).toBe('draft_invalid');
  });

  it('refuse half of a surrogate pair, which UTF-8 cannot hold', () => {
    expect(refusalOf([file('main.py', 'x = "\uD800"')])).toMatchObject({ code: 'draft_invalid', issues: [{ path: '/files/0/content' }] });
    expect(() => checkFiles([file('main.py', 'x = "\u{1F600}"')])).not.toThrow();
  });

  it('say everything that is wrong at once', () => {
    expect(refusalOf([file('/a'), file('ok.py'), file('../b'), file('ok.py'), file('c.py', '\uDFFF')]).issues?.map((issue) => issue.path)).toEqual(['/files/0/path', '/files/2/path', '/files/3/path', '/files/4/content']);
  });
});

describe('the limits of a draft', () => {
  it('count UTF-8 bytes, and name used and limit', () => {
    const half = limits.draftBytes / 2;
    expect(() => checkFiles([file('a.txt', 'é'.repeat(half))])).not.toThrow();
    expect(refusalOf([file('a.txt', 'é'.repeat(half)), file('b.txt', 'x')])).toMatchObject({ code: 'draft_too_large', issues: [{ used: limits.draftBytes + 1, limit: limits.draftBytes }] });
  });

  it('count files', () => {
    const files = Array.from({ length: limits.files }, (_, index) => file(`f${index}.py`));
    expect(() => checkFiles(files)).not.toThrow();
    expect(refusalOf([...files, file('one-more.py')])).toMatchObject({ code: 'draft_too_large', issues: [{ used: limits.files + 1, limit: limits.files }] });
  });
});

describe('a patch', () => {
  const files = [file('a.py', '1'), file('b.py', '2')];
  it.each([
    ['nothing', undefined, files],
    ['an empty one', { put: [], remove: [] }, files],
    ['a change', { put: [file('a.py', '9')], remove: [] }, [file('a.py', '9'), file('b.py', '2')]],
    ['a rename', { put: [file('c.py', '1')], remove: ['a.py'] }, [file('b.py', '2'), file('c.py', '1')]],
    ['a rename that changes only the case', { put: [file('A.py', '1')], remove: ['a.py'] }, [file('A.py', '1'), file('b.py', '2')]],
    ['the removal of what is not there', { put: [], remove: ['z.py'] }, files],
    ['the removal of all', { put: [], remove: ['a.py', 'b.py'] }, []],
  ])('of %s gives the sorted whole', (_, patch, expected) => {
    expect(applyPatch(files.map(hashFile), patch && { move: [], ...patch })).toEqual(expected.map(hashFile));
  });
});

describe('a digest', () => {
  it('is the same for the same files in any order', () => {
    expect(digestOf([file('b', '2'), file('a', '1')])).toBe(digestOf([file('a', '1'), file('b', '2')]));
    expect(digestOf([])).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  it.each([
    ['another byte', [file('a', '1')], [file('a', '2')]],
    ['another path', [file('a', '1')], [file('b', '1')]],
    ['content that looks like the next file', [file('a', ''), file('b', '1')], [file('a', 'b\u00001\u00001')]],
    ['an empty file more', [file('a', '1')], [file('a', '1'), file('b', '')]],
    ['a moved border', [file('a', '12'), file('b', '3')], [file('a', '1'), file('b', '23')]],
  ])('differs for %s', (_, one, other) => {
    expect(digestOf(one)).not.toBe(digestOf(other));
  });
});

describe('a bundle', () => {
  const files = [file('routers/items.py', 'é'), file('main.py', 'x'), file(`${'long-folder/'.repeat(7)}${'n'.repeat(110)}.py`, 'far')];

  it('has the same bytes for the same files, whenever and in whatever order', async () => {
    const [one, other] = [await makeBundle(files), await makeBundle(files.toReversed())];
    expect(one.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(other).toEqual(one);
  });

  it('is a tar of plain files with time zero and mode 0644, sorted by path', async () => {
    const { bytes } = await makeBundle(files);
    const entries: { name: string; type: string | null | undefined; mode: number | undefined; mtime: number | undefined; content: string }[] = [];
    const reader = extract();
    reader.on('entry', ({ name, type, mode, mtime }, stream, next) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: unknown) => chunks.push(chunk as Buffer)).on('end', () => {
        entries.push({ name, type, mode, mtime: mtime?.getTime(), content: Buffer.concat(chunks).toString('utf8') });
        next();
      });
    });
    await new Promise<void>((resolve, reject) => {
      reader.on('finish', resolve).on('error', reject);
      reader.end(bytes);
    });
    expect(entries).toEqual(files.toSorted((a, b) => (a.path < b.path ? -1 : 1)).map(({ path, content }) => ({ name: path, type: 'file', mode: 0o644, mtime: 0, content })));
  });
});

describe('a host', () => {
  it.each(['My First App', '', '   ', '---', '\u{1F680}\u{1F680}', '\u0645\u0631\u062D\u0628\u0627', '日本語', 'Ä Ö Ü ß é', 'x'.repeat(80), `${'a'.repeat(29)} b c`, '\u202Eabc', '9lives', 'xn--80ak6aa92e', 'a.b.c', 'İstanbul', '\uD800'])('of %j is one valid DNS label', (title) => {
    const host = makeHost(title, 'abc234');
    expect(host).toMatch(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/);
    expect(host.endsWith('-abc234')).toBe(true);
    expect(host.length).toBeLessThanOrEqual(37);
    expect(host.startsWith('xn--')).toBe(false);
  });

  it('can be read', () => {
    expect([makeHost('My First App', 'abc234'), makeHost('Café Übung', 'abc234'), makeHost('\u{1F680}', 'abc234')]).toEqual(['my-first-app-abc234', 'cafe-ubung-abc234', 'app-abc234']);
  });
});
