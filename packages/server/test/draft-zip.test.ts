import { crc32, deflateRawSync } from 'node:zlib';
import { type AppFile, limits } from '@fapi/sdk/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DomainError } from '../src/domain/errors.ts';
import { makeZip, readZip } from '../src/domain/code/zip.ts';
import { type Answer, startSystem, type System } from './parts/system.ts';

interface Part { name: string | Buffer; data?: string | Buffer; mode?: number; method?: number; flags?: number; bytes?: number; crc?: number; offset?: number; isDos?: boolean }

/** An archive as any program could write it, lies included. */
function pack(parts: readonly Part[], { comment = '', count = parts.length, before = Buffer.alloc(0) }: { comment?: string; count?: number; before?: Buffer } = {}): Buffer<ArrayBuffer> {
  const [locals, centrals]: [Buffer[], Buffer[]] = [[before], []];
  let at = before.length;
  for (const { name, data = 'x', mode = 0o100644, method = 8, flags = 0, isDos = false, ...lies } of parts) {
    const [path, text] = [Buffer.from(name as string), Buffer.from(data as string)];
    const packed = method === 8 ? deflateRawSync(text) : text;
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(path.length, 26);
    const central = Buffer.alloc(46);
    central.writeUInt32LE(0x02014b50, 0);
    central.writeUInt16LE((isDos ? 0 : 3) << 8, 4);
    [[flags, 8], [method, 10], [path.length, 28]].forEach(([value, place]) => central.writeUInt16LE(value!, place!));
    [[lies.crc ?? crc32(text), 16], [packed.length, 20], [lies.bytes ?? text.length, 24], [(mode << 16) >>> 0, 38], [lies.offset ?? at, 42]].forEach(([value, place]) => central.writeUInt32LE(value!, place!));
    locals.push(local, path, packed);
    centrals.push(central, path);
    at += 30 + path.length + packed.length;
  }
  const [directory, end] = [Buffer.concat(centrals), Buffer.alloc(22)];
  end.writeUInt32LE(0x06054b50, 0);
  for (const place of [8, 10]) end.writeUInt16LE(count, place);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(at, 16);
  end.writeUInt16LE(Buffer.byteLength(comment), 20);
  return Buffer.concat([...locals, directory, end, Buffer.from(comment)]);
}

function refusalOf(bytes: Buffer): DomainError {
  try {
    readZip(bytes);
  } catch (error) {
    if (error instanceof DomainError) return error;
    throw error;
  }
  throw new Error('the archive was taken');
}
const pathsOf = (bytes: Buffer): string[] => readZip(bytes).files.map(({ path }) => path);
const named = (...names: string[]): Part[] => names.map((name) => ({ name }));

describe('an archive', () => {
  it('has the same bytes for the same files in any order, and gives them back', () => {
    const files: AppFile[] = [{ path: 'static/logo.png', content: Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0xff]).toString('base64'), encoding: 'base64' }, { path: 'main.py', content: 'é\r\n😀\uFEFF' }, { path: 'a/b/c.txt', content: '' }, { path: 'lib.py', content: 'x = 1\n'.repeat(1_000) }];
    const made = makeZip(files);
    expect(makeZip(files.toReversed()).equals(made)).toBe(true);
    expect(readZip(made)).toEqual({ files: files.toSorted((a, b) => (a.path < b.path ? -1 : 1)), leftOut: [] });
    expect(readZip(makeZip([]))).toEqual({ files: [], leftOut: [] });
  });

  it.each<[string, Part[], string[]]>([
    ['stored files', [{ name: 'main.py', method: 0 }], ['main.py']],
    ['folders, which are left out', [{ name: 'lib/', data: '', mode: 0o040755 }, { name: 'lib/a.py' }, { name: 'main.py' }], ['lib/a.py', 'main.py']],
    ['a folder that is one by its mode alone', [{ name: 'lib', data: '', mode: 0o040755 }, { name: 'main.py' }], ['main.py']],
    ['what DOS wrote', [{ name: 'main.py', mode: 0o120777, isDos: true }], ['main.py']],
    ['what macOS adds, which is left out', named('app/main.py', '__MACOSX/app/._main.py', 'app/.DS_Store', '.DS_Store'), ['main.py']],
    ['one folder that holds everything, which is taken off', named('my app-1.0/main.py', 'my app-1.0/lib/a.py'), ['main.py', 'lib/a.py']],
    ['one folder below it, which stays', named('app/src/a.py', 'app/src/b.py'), ['src/a.py', 'src/b.py']],
    ['a main.py beside a folder: nothing is taken off', named('main.py', 'app/a.py'), ['main.py', 'app/a.py']],
    ['two folders: nothing is taken off', named('app/main.py', 'lib/a.py'), ['app/main.py', 'lib/a.py']],
  ])('may hold %s', (_, parts, expected) => {
    expect(pathsOf(pack(parts))).toEqual(expected);
  });

  it('may end with a comment and begin with other bytes', () => {
    expect(pathsOf(pack(named('main.py'), { comment: 'by hand', before: Buffer.from('#!/bin/sh\n') }))).toEqual(['main.py']);
  });

  it.each<[string, Part[]]>([
    ['a way up', named('../x.py')], ['a way up from within', named('app/../../x.py')], ['a way up in every entry', named('../a.py', '../b.py')], ['an absolute path', named('/etc/passwd')], ['absolute paths alone', named('/a.py', '/b.py')],
    ['a drive', named('C:/x.py')], ['backslashes', named('a\\..\\x.py')], ['a name with NUL', named('a\0.py')], ['a name with a turn of direction', named('x\u202Eyp.py')],
    ['a name that is no UTF-8', [{ name: Buffer.from([0x61, 0xff, 0x2e, 0x70, 0x79]) }]],
    ['a link', [{ name: 'link.py', data: '/etc/passwd', mode: 0o120777 }]], ['a device', [{ name: 'dev', mode: 0o020666 }]],
    ['twins', named('main.py', 'x', 'main.py')], ['twins by case', named('main.py', 'Main.py')], ['a file that is a folder', named('a', 'a/b.py')],
    ['a folder with a dot in front', named('./main.py', './a.py')],     ['an encrypted file', [{ name: 'main.py', flags: 1 }]], ['another packing', [{ name: 'main.py', method: 12 }]],
  ])('is refused for %s, with the entry named', (_, parts) => {
    const refusal = refusalOf(pack(parts));
    expect(refusal.code).toBe('draft_invalid');
    expect(refusal.issues!.length).toBeGreaterThan(0);
    for (const { path, message } of refusal.issues!) {
      expect(path).toMatch(/^zip\../s);
      expect(message.isWellFormed()).toBe(true);
    }
  });

  it('is refused with every entry that cannot be taken', () => {
    const refusal = refusalOf(pack([{ name: 'a.bin', data: Buffer.from([0xff]), flags: 1 }, ...named('main.py', '../x.py'), { name: 'link', mode: 0o120777 }]));
    expect(refusal.issues!.map(({ path }) => path).toSorted()).toEqual(['zip.../x.py', 'zip.a.bin', 'zip.link']);
  });

  it.each<[string, string | Buffer, Omit<AppFile, 'path'>]>([
    ['text', 'é\n', { content: 'é\n' }], ['bytes that are no UTF-8', Buffer.from([0xc3, 0x28]), { content: 'wyg=', encoding: 'base64' }],
    ['half of a character', Buffer.from([0xed, 0xa0, 0x80]), { content: '7aCA', encoding: 'base64' }], ['a text with NUL', 'a\0b', { content: 'YQBi', encoding: 'base64' }], ['nothing', '', { content: '' }],
  ])('gives %s as it is', (_, data, content) => {
    expect(readZip(pack([{ name: 'file', data }])).files).toEqual([{ path: 'file', ...content }]);
  });

  it('of a Git host gives what is below its one folder, and says what is hidden or of no use', () => {
    const snapshot = pack([{ name: 'shop-1f2e3d/', data: '', mode: 0o040755 }, ...named('shop-1f2e3d/.gitignore', 'shop-1f2e3d/.github/workflows/ci.yml', 'shop-1f2e3d/.env', 'shop-1f2e3d/main.py', 'shop-1f2e3d/app/__init__.py', 'shop-1f2e3d/app/__pycache__/main.cpython-313.pyc', 'shop-1f2e3d/old.pyc')], { comment: '1f2e3d4c5b6a79880011223344556677889900aa' });
    const { files, leftOut } = readZip(snapshot);
    expect(files.map(({ path }) => path)).toEqual(['main.py', 'app/__init__.py']);
    expect(leftOut).toEqual([
      { path: '.gitignore', reason: 'hidden' }, { path: '.github/workflows/ci.yml', reason: 'hidden' }, { path: '.env', reason: 'hidden' }, { path: 'app/__pycache__/main.cpython-313.pyc', reason: 'cache' }, { path: 'old.pyc', reason: 'cache' },
    ]);
  });

  it('counts what it leaves out against no limit', () => {
    const hidden = Array.from({ length: 300 }, (_, index): Part => ({ name: `top/.git/objects/${index}`, data: 'x'.repeat(30_000) }));
    expect(pathsOf(pack([...named('top/main.py'), ...hidden]))).toEqual(['main.py']);
  });

  it.each<[string, () => Buffer, string]>([
    ['of hidden files alone', () => pack(named('.env', '.git/config')), 'zip_invalid'],
    ['nothing', () => Buffer.alloc(0), 'zip_invalid'],
    ['text', () => Buffer.from('from fastapi import FastAPI'), 'zip_invalid'],
    ['a part of one', () => pack(named('main.py')).subarray(0, -10), 'zip_invalid'],
    ['one without its beginning', () => pack(named('main.py', 'lib.py')).subarray(40), 'zip_invalid'],
    ['a text that is not what was packed', () => pack([{ name: 'main.py', crc: 1 }]), 'zip_invalid'],
    ['more than it says', () => pack([{ name: 'main.py', data: 'x'.repeat(1_000_000), bytes: 10 }]), 'zip_invalid'],
    ['less than it says', () => pack([{ name: 'main.py', data: 'x', bytes: 10 }]), 'zip_invalid'],
    ['an entry where nothing is', () => pack([{ name: 'main.py', offset: 0xfffffff0 }]), 'zip_invalid'],
    ['more entries than it says it has', () => pack(named('main.py'), { count: 2 }), 'zip_invalid'],
    ['the zip64 form', () => pack(named('main.py'), { count: 0xffff }), 'zip_invalid'],
    ['one text under many names', () => {
      const text = 'x'.repeat(24_000);
      return pack([{ name: '0.py', data: text }, ...Array.from({ length: 199 }, (_, index) => ({ name: `${index + 1}.py`, data: '', bytes: 24_000, offset: 0, method: 0 }))]);
    }, 'zip_invalid'],
    ['a bomb', () => pack([{ name: 'bomb.txt', data: Buffer.alloc(100_000_000, 'x') }]), 'draft_too_large'],
    ['too much in all', () => pack(Array.from({ length: 6 }, (_, index) => ({ name: `${index}.txt`, data: 'x'.repeat(1_000_000) }))), 'draft_too_large'],
    ['too many files', () => pack(named(...Array.from({ length: limits.files + 1 }, (_, index) => `${index}.py`))), 'draft_too_large'],
    ['too many folders', () => pack(Array.from({ length: 1_001 }, (_, index) => ({ name: `${index}/`, data: '', mode: 0o040755 }))), 'draft_too_large'],
  ])('that is %s is refused', (_, make, code) => {
    const refusal = refusalOf(make());
    expect(refusal.code).toBe(code);
    if (code === 'draft_too_large') for (const { used, limit } of refusal.issues!) expect(used).toBeGreaterThan(limit!);
  });

  it('is taken or refused, and never breaks what reads it, whatever is changed in it (seeded)', () => {
    const sound = pack([{ name: 'main.py', data: 'x = 1\n'.repeat(50) }, { name: 'lib/a.py', data: 'é' }, { name: 'b.py', method: 0 }]);
    let random = 20_261_128;
    const next = (below: number): number => (random = (random * 1_103_515_245 + 12_345) % 2 ** 31) % below;
    for (let round = 0; round < 3_000; round++) {
      const broken = Buffer.from(next(4) === 0 ? sound.subarray(next(20), sound.length - next(20)) : sound);
      for (let more = next(4); more >= 0 && broken.length > 0; more--) broken[next(broken.length)] = next(256);
      try {
        readZip(broken);
      } catch (error) {
        expect(error, `round ${round}`).toBeInstanceOf(DomainError);
      }
    }
  });
});

describe('the address that takes an archive', () => {
  let system: System;
  let app: string;
  beforeAll(async () => {
    system = await startSystem();
    app = (await system.call('/v1/apps', { method: 'POST', body: { title: 'App' } })).json.id;
  });
  afterAll(() => system?.stop());
  const send = (raw: Buffer<ArrayBuffer>, headers: Record<string, string> = {}, token?: string): Promise<Answer> =>
    system.call(`/v1/apps/${app}/draft/import`, { method: 'POST', raw, headers: { 'content-type': 'application/zip', 'if-match': '"1"', ...headers }, ...(token === undefined ? {} : { token }) });

  it('refuses what it cannot take, in our words', async () => {
    const zip = pack(named('main.py'));
    expect((await send(zip, { 'content-type': 'application/json' })).json.code).toBe('unsupported_media_type');
    expect((await send(zip, { 'content-encoding': 'gzip' })).json.code).toBe('unsupported_media_type');
    expect((await send(Buffer.alloc(7_000_000))).json.code).toBe('body_too_large');
    expect((await send(Buffer.from('no zip'))).json).toMatchObject({ status: 422, code: 'zip_invalid' });
    expect((await send(pack(named('../x.py', 'ok.py')))).json).toMatchObject({ code: 'draft_invalid', issues: [{ path: 'zip.../x.py' }] });
    expect((await send(zip, { 'if-match': 'x' })).json.code).toBe('invalid_request');
    expect((await send(zip, {}, await system.mint({ scopes: ['drafts:read'] }))).json.code).toBe('forbidden');
    expect((await send(zip, {}, '')).json.code).toBe('unauthorized');
    expect((await system.call(`/v1/apps/${app}/draft/import`, { method: 'POST', raw: zip, headers: { 'content-type': 'application/zip' } })).json.code).toBe('precondition_required');
    expect((await system.call(`/v1/apps/${app}/draft`)).json.version).toBe(1);
    expect((await system.call('/v1/apps', { method: 'POST', raw: zip, headers: { 'content-type': 'application/zip' } })).json.code).toBe('unsupported_media_type');
  });

  it('reads without saving at the address beside it', async () => {
    const unpack = (raw: Buffer<ArrayBuffer>, token?: string): Promise<Answer> => system.call(`/v1/apps/${app}/draft/unpack`, { method: 'POST', raw, headers: { 'content-type': 'application/zip' }, ...(token === undefined ? {} : { token }) });
    const zip = pack([...named('top/main.py', 'top/.gitignore'), { name: 'top/logo.png', data: Buffer.from([0x89, 0]) }]);
    expect((await unpack(zip)).json).toEqual({ files: [{ path: 'main.py', content: 'x' }, { path: 'logo.png', content: 'iQA=', encoding: 'base64' }], leftOut: [{ path: '.gitignore', reason: 'hidden' }] });
    expect((await unpack(Buffer.from('no zip'))).json).toMatchObject({ status: 422, code: 'zip_invalid' });
    expect((await unpack(zip, await system.mint({ scopes: ['drafts:read'] }))).json.code).toBe('forbidden');
    expect((await unpack(Buffer.alloc(7_000_000))).json.code).toBe('body_too_large');
    expect((await system.call(`/v1/apps/${app}/draft`)).json.version).toBe(1);
  });

  it('replaces the draft once for one key', async () => {
    const imported = () => send(pack(named('top/main.py')), { 'idempotency-key': 'import' });
    const one = await imported();
    expect(one.json).toMatchObject({ version: 2, files: [{ path: 'main.py', content: 'x' }] });
    expect((await imported()).json).toEqual(one.json);
  });
});
