import { createHash } from 'node:crypto';
import type { AppFile, Draft, DraftPatch } from '@fapi/sdk/contract';
import { limits } from '@fapi/sdk/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databases, startSystemOn } from './parts/databases.ts';
import type { Answer, System } from './parts/system.ts';

const file = (path: string, content = ''): AppFile => ({ path, content });
const hashOf = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');
const first = [file('a.py', 'a'), file('lib/b.py', 'b'), file('lib/deep/c.py', 'c'), file('main.py', 'm')];

describe.each(databases)('a draft on %s', (kind) => {
  let system: System;
  beforeAll(async () => {
    system = await startSystemOn(kind);
  });
  afterAll(async () => {
    await system?.stop();
  });

  const create = async (files: AppFile[] = first, workspace = 'default'): Promise<string> => (await system.call('/v1/apps', { method: 'POST', body: { title: 'App', files }, headers: { 'fapi-workspace': workspace } })).json.id;
  const save = (app: string, version: number, files: AppFile[], headers = {}): Promise<Answer> => system.call(`/v1/apps/${app}/draft`, { method: 'PUT', body: { files }, headers: { 'if-match': `"${version}"`, ...headers } });
  const patch = (app: string, version: number, body: Partial<DraftPatch> | object, headers = {}): Promise<Answer> => system.call(`/v1/apps/${app}/draft`, { method: 'PATCH', body, headers: { 'if-match': `"${version}"`, ...headers } });
  const read = async (app: string): Promise<Draft> => (await system.call(`/v1/apps/${app}/draft`)).json;
  const textsOf = ({ files }: Pick<Draft, 'files'>): Record<string, string> => Object.fromEntries(files.map(({ path, content }) => [path, content]));

  describe('is patched', () => {
    it('as one: moves first, then removals, then files to write', async () => {
      const app = await create();
      const answer = await patch(app, 1, { move: [{ from: 'lib', to: 'pkg/core' }, { from: 'a.py', to: 'lib' }, { from: 'pkg/core/deep/c.py', to: 'c.py' }], remove: ['main.py', 'lib', 'never.py'], put: [file('main.py', 'new'), file('c.py', 'edited')] });
      expect(answer).toMatchObject({ status: 200, json: { version: 2 } });
      expect(answer.headers.get('etag')).toBe('"2"');
      expect(textsOf(answer.json)).toEqual({ 'c.py': 'edited', 'main.py': 'new', 'pkg/core/b.py': 'b' });
      expect(await read(app)).toEqual(answer.json);
    });

    it.each<[string, Partial<DraftPatch>, Record<string, string>]>([
      ['a name by its case only', { move: [{ from: 'a.py', to: 'A.py' }, { from: 'lib', to: 'Lib' }] }, { 'A.py': 'a', 'Lib/b.py': 'b', 'Lib/deep/c.py': 'c', 'main.py': 'm' }],
      ['two names with each other', { move: [{ from: 'a.py', to: 't' }, { from: 'main.py', to: 'a.py' }, { from: 't', to: 'main.py' }] }, { 'a.py': 'm', 'lib/b.py': 'b', 'lib/deep/c.py': 'c', 'main.py': 'a' }],
      ['a folder away', { remove: ['lib'] }, { 'a.py': 'a', 'main.py': 'm' }],
      ['all away', { remove: ['lib', 'a.py', 'main.py'] }, {}],
      ['a file into a folder', { remove: ['a.py'], put: [file('a.py/x.py', 'x')] }, { 'a.py/x.py': 'x', 'lib/b.py': 'b', 'lib/deep/c.py': 'c', 'main.py': 'm' }],
    ])('to bring %s', async (_, body, expected) => {
      expect(textsOf((await patch(await create(), 1, body)).json)).toEqual(expected);
    });

    it.each<[string, object, [string, string][]]>([
      ['from what is not there', { move: [{ from: 'b.py', to: 'x.py' }] }, [['/move/0/from', 'no such file or folder']]],
      ['onto a file', { move: [{ from: 'a.py', to: 'main.py' }] }, [['/move/0/to', 'there is main.py already']]],
      ['onto a folder', { move: [{ from: 'a.py', to: 'lib' }] }, [['/move/0/to', 'there is lib/b.py already']]],
      ['into itself', { move: [{ from: 'lib', to: 'lib/deep/lib' }] }, [['/move/0/to', 'into itself']]],
      ['onto what is removed only afterwards', { move: [{ from: 'a.py', to: 'main.py' }], remove: ['main.py'] }, [['/move/0/to', 'already']]],
      ['out of the app', { move: [{ from: 'a.py', to: '../a.py' }, { from: 'lib', to: '/lib' }] }, [['/move/0/to', '. or ..'], ['/move/1/to', 'relative'], ['/move/1/to', 'relative']]],
      ['onto a twin', { move: [{ from: 'a.py', to: 'MAIN.py' }] }, [['/move/0/to', 'differ by case']]],
      ['onto the folder of a file, and below a file', { put: [file('lib', 'x'), file('main.py/x.py', '')] }, [['/put/0/path', 'is a folder of lib/'], ['/put/1/path', 'is a folder of main.py/x.py']]],
      ['twice', { put: [file('x.py', '1'), file('x.py', '2')] }, [['/put/1/path', 'already']]],
      ['half of a character', { put: [file('x.py', '\uD800')] }, [['/put/0/content', 'half of a character']]],
      ['all at once', { move: [{ from: 'no.py', to: 'x.py' }, { from: 'a.py', to: 'main.py' }], put: [file('ok.py'), file('.env', '')] }, [['/move/0/from', 'no such'], ['/move/1/to', 'already'], ['/put/1/path', 'must start with']]],
    ])('never %s: every issue has its place, and nothing is changed', async (_, body, issues) => {
      const app = await create();
      const answer = await patch(app, 1, body);
      expect(answer.json).toMatchObject({ status: 422, code: 'draft_invalid' });
      for (const [path, words] of issues) expect(answer.json.issues).toContainEqual({ path, message: expect.stringContaining(words) });
      expect(answer.json.issues).toHaveLength(issues.length);
      expect(await read(app)).toMatchObject({ version: 1, files: first });
    });

    it('the same way by a deploy, whose issues stand below /patch', async () => {
      const app = await create();
      const deploy = (body: object) => system.call(`/v1/apps/${app}/deployments`, { method: 'POST', body: { draftVersion: 1, patch: body } });
      expect((await deploy({ move: [{ from: 'a.py', to: 'main.py' }] })).json).toMatchObject({ code: 'draft_invalid', issues: [{ path: '/patch/move/0/to' }] });
      for (const path of ['validate', 'test']) expect((await system.call(`/v1/apps/${app}/${path}`, { method: 'POST', body: { draftVersion: 1, patch: { move: [{ from: 'x', to: 'y' }] } } })).json).toMatchObject({ code: 'draft_invalid', issues: [{ path: '/patch/move/0/from' }] });
      const { revision } = (await deploy({ move: [{ from: 'a.py', to: 'b.py' }] })).json;
      expect(await read(app)).toMatchObject({ version: 2, baseRevision: revision, files: [{ path: 'b.py', content: 'a' }, {}, {}, {}] });
      expect((await patch(app, 2, { put: [file('later.py')] })).json).toMatchObject({ version: 3, baseRevision: revision });
    });

    it('into what it is: no version more', async () => {
      const app = await create();
      expect((await patch(app, 1, {})).json).toMatchObject({ version: 1 });
      expect((await patch(app, 1, { put: [first[0]] })).json).toMatchObject({ version: 1 });
    });

    it('once for one key, however often it is sent', async () => {
      const app = await create();
      const send = () => patch(app, 1, { put: [file('x.py', 'x')] }, { 'idempotency-key': 'once' });
      const one = await send();
      await patch(app, 2, { put: [file('x.py', 'y')] });
      expect((await send()).json).toEqual(one.json);
      expect((await patch(app, 1, { put: [file('x.py', 'z')] }, { 'idempotency-key': 'once' })).json.code).toBe('idempotency_conflict');
    });
  });

  describe('that is not what the caller thought', () => {
    it.each(['save', 'patch', 'deploy', 'import'])('refuses the %s with all that the caller has not: what is there now, and what was there before', async (act) => {
      const app = await create();
      await save(app, 1, [file('main.py', 'theirs')]);
      const zip = await system.call(`/v1/apps/${app}/draft/export`);
      const refusal = await {
        save: () => save(app, 1, [file('main.py', 'mine')]),
        patch: () => patch(app, 1, { put: [file('main.py', 'mine')] }),
        deploy: () => system.call(`/v1/apps/${app}/deployments`, { method: 'POST', body: { draftVersion: 1 } }),
        import: () => importZip(app, 1, zip.bytes),
      }[act]!();
      expect(refusal.json).toMatchObject({ status: 409, code: 'draft_conflict', currentVersion: 2, conflict: { current: { version: 2, files: [file('main.py', 'theirs')] }, base: { version: 1, files: first } } });
      const ahead = await save(app, 9, []);
      expect(ahead.json).toMatchObject({ currentVersion: 2, conflict: { current: { version: 2 } } });
      expect(ahead.json.conflict.base).toBeUndefined();
    });

    it('shows no draft to a token that may not read one', async () => {
      const app = await create();
      await save(app, 1, [file('main.py', 'theirs')]);
      const token = await system.mint({ apps: [app], scopes: ['drafts:write', 'deployments:write'] });
      for (const call of [{ path: 'draft', method: 'PATCH', body: { put: [] } }, { path: 'deployments', method: 'POST', body: { draftVersion: 1 } }]) {
        const refusal = await system.call(`/v1/apps/${app}/${call.path}`, { method: call.method, token, body: call.body, headers: { 'if-match': '"1"' } });
        expect(refusal.json).toMatchObject({ code: 'draft_conflict', currentVersion: 2 });
        expect(refusal.text).not.toContain('theirs');
      }
    });

    it('is won by one of two who write at once, a hundred times, and the loser merges from the refusal alone', async () => {
      const app = await create([file('one.txt'), file('two.txt')]);
      const write = async (name: 'one.txt' | 'two.txt', version: number, line: string, base: Draft): Promise<{ won: number; lost: number }> => {
        const content = `${textsOf(base)[name]}${line}\n`;
        const answer = line.endsWith('0') ? await save(app, version, [...base.files.filter(({ path }) => path !== name), file(name, content)]) : await patch(app, version, { put: [file(name, content)] });
        if (answer.status === 200) return { won: answer.json.version, lost: 0 };
        expect(answer.json).toMatchObject({ code: 'draft_conflict', conflict: { base: { version, files: base.files } } });
        const { current } = answer.json.conflict as { current: Draft };
        const merged = await patch(app, current.version, { put: [file(name, `${textsOf(current)[name]}${line}\n`)] });
        return { won: merged.json.version, lost: 1 };
      };
      for (let round = 0; round < 100; round++) {
        const base = await read(app);
        const results = await Promise.all([write('one.txt', base.version, `one ${round}`, base), write('two.txt', base.version, `two ${round}`, base)]);
        expect(results.map(({ won }) => won).toSorted((a, b) => a - b)).toEqual([base.version + 1, base.version + 2]);
        expect(results.map(({ lost }) => lost).toSorted((a, b) => a - b)).toEqual([0, 1]);
      }
      const lines = (word: string): string => Array.from({ length: 100 }, (_, round) => `${word} ${round}\n`).join('');
      expect(await read(app)).toMatchObject({ version: 201, files: [file('one.txt', lines('one')), file('two.txt', lines('two'))] });
    }, 90_000);
  });

  describe('names texts by their hash', () => {
    const need = (app: string, hashes: string[]): Promise<Answer> => system.call(`/v1/apps/${app}/draft/need`, { method: 'POST', body: { hashes } });

    it('that the app has or had', async () => {
      const app = await create();
      await save(app, 1, [file('main.py', 'new')]);
      expect((await need(app, [hashOf('a'), hashOf('new'), hashOf('never'), hashOf('never')])).json).toEqual({ needs: [hashOf('never')] });
      expect(textsOf((await patch(app, 2, { put: [{ path: 'again.py', sha256: hashOf('a') }, { path: 'copy.py', sha256: hashOf('new') }] })).json)).toEqual({ 'again.py': 'a', 'copy.py': 'new', 'main.py': 'new' });
      const refusal = await patch(app, 3, { put: [file('x.py', 'x'), { path: 'y.py', sha256: hashOf('never') }, { path: 'z.py', sha256: hashOf('nor') }] });
      expect(refusal.json).toMatchObject({ status: 422, code: 'content_needed', issues: [{ path: '/put/1/sha256' }, { path: '/put/2/sha256' }] });
      expect((await system.call(`/v1/apps/${app}/deployments`, { method: 'POST', body: { draftVersion: 3, patch: { put: [{ path: 'y.py', sha256: hashOf('never') }] } } })).json).toMatchObject({ code: 'content_needed', issues: [{ path: '/patch/put/0/sha256' }] });
    });

    it('a thousand of them at once, and not one more', async () => {
      const app = await create();
      const many = Array.from({ length: 1_001 }, (_, number) => hashOf(`text ${number}`));
      expect((await need(app, many.slice(1))).json.needs).toEqual(many.slice(1));
      expect((await need(app, many)).json).toMatchObject({ status: 400, code: 'invalid_request', issues: [{ path: '/hashes' }] });
    });

    it('and says nothing of texts that another app or workspace has', async () => {
      await system.call('/v1/workspaces/other', { method: 'PUT', body: { title: 'Other', origins: [] } });
      const [secret, strange] = [`secret ${kind}`, `strange ${kind}`];
      await create([file('main.py', secret)]);
      await create([file('main.py', strange)], 'other');
      const app = await create();
      const hashes = [secret, strange, `nobody ${kind}`].map(hashOf);
      expect((await need(app, hashes)).json).toEqual({ needs: hashes });
      const answers = await Promise.all(hashes.map((sha256) => patch(app, 1, { put: [{ path: 'x.py', sha256 }] })));
      expect(new Set(answers.map(({ status, json }) => JSON.stringify([status, { ...json, requestId: '' }]))).size).toBe(1);
      const token = await system.mint({ workspaceId: 'other' });
      expect((await system.call(`/v1/apps/${app}/draft/need`, { method: 'POST', token, body: { hashes } })).json.code).toBe('app_not_found');
    });
  });

  it('keeps its versions to list and to read, without a text in the list', async () => {
    const app = await create([file('main.py', 'é😀')]);
    await save(app, 1, [file('main.py', 'two'), file('lib.py', 'two')]);
    await save(app, 2, []);
    expect((await system.call(`/v1/apps/${app}`)).json).toMatchObject({ draftVersion: 3, draftSavedBy: 'operator' });
    const page = await system.call(`/v1/apps/${app}/draft/versions?limit=2`);
    expect(page.json).toMatchObject({ items: [{ version: 3, files: 0, bytes: 0, savedBy: 'operator' }, { version: 2, files: 2, bytes: 6 }], nextCursor: expect.any(String) });
    const rest = await system.call(`/v1/apps/${app}/draft/versions?limit=2&cursor=${page.json.nextCursor}`);
    expect(rest.json).toEqual({ items: [{ version: 1, digest: expect.stringMatching(/^sha256:/), savedAt: expect.any(String), savedBy: 'operator', files: 1, bytes: 6 }] });
    expect((await system.call(`/v1/apps/${app}/draft/versions/1`)).json).toMatchObject({ version: 1, files: [file('main.py', 'é😀')] });
    for (const version of ['4', '999999999']) expect((await system.call(`/v1/apps/${app}/draft/versions/${version}`)).json.code).toBe('draft_version_not_found');
    for (const version of ['0', '-1', 'x', '1e1', '9999999999']) expect((await system.call(`/v1/apps/${app}/draft/versions/${version}`)).json.code).toBe('invalid_request');
    expect((await system.call(`/v1/apps/${app}/draft/versions/1`, { token: await system.mint({ scopes: ['apps:read'] }) })).json.code).toBe('forbidden');
  });

  it('saves what no interpreter takes, byte for byte', async () => {
    const app = await create();
    const files = [file('main.py', 'def broken(:\r\n\t  "\u202Eé e\u0301 👩‍👩‍👧 \uFEFF'), file('x.bin', '\u0001\u007F\uFFFD'), file('__proto__', '{}'), file('constructor', '')];
    const sorted = files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
    expect((await save(app, 1, files)).json).toMatchObject({ version: 2, files: sorted });
    expect((await read(app)).files).toEqual(sorted);
  });

  it.each([['emoji', '😀', 4], ['combining marks', 'e\u0301', 3], ['CRLF', '\r\n', 2], ['Arabic', 'م', 2]])('counts %s as its bytes of UTF-8, and names used and limit', async (_, unit, bytes) => {
    const app = await create();
    const text = unit.repeat(Math.floor(limits.draftBytes / bytes));
    const rest = 'x'.repeat(limits.draftBytes - Buffer.byteLength(text));
    expect((await save(app, 1, [file('a.txt', text), file('b.txt', rest)])).status).toBe(200);
    expect((await patch(app, 2, { put: [file('b.txt', `${rest}x`)] })).json).toMatchObject({ status: 422, code: 'draft_too_large', issues: [{ path: '/put', used: limits.draftBytes + 1, limit: limits.draftBytes }] });
    expect((await save(app, 2, [file('a.txt', text), file('b.txt', `${rest}x`)])).json).toMatchObject({ status: 422, code: 'draft_too_large', issues: [{ path: '/files', used: limits.draftBytes + 1, limit: limits.draftBytes }] });
  });

  function importZip(app: string, version: number, bytes: Uint8Array<ArrayBuffer>): Promise<Answer> {
    return system.call(`/v1/apps/${app}/draft/import`, { method: 'POST', raw: bytes, headers: { 'content-type': 'application/zip', 'if-match': `"${version}"` } });
  }

  it('holds what is no text, said in base64; what is text is text, however it was sent', async () => {
    const png: AppFile = { path: 'static/logo.png', content: Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0xff]).toString('base64'), encoding: 'base64' };
    const app = await create([]);
    const digest = async (): Promise<string> => (await system.call(`/v1/apps/${app}/draft/versions?limit=1`)).json.items[0].digest;
    expect((await save(app, 1, [png, file('main.py', 'é\n')])).json.files).toEqual([file('main.py', 'é\n'), png]);
    const [first] = [await digest()];
    const asBase64: AppFile = { path: 'main.py', content: Buffer.from('é\n').toString('base64'), encoding: 'base64' };
    expect((await save(app, 2, [png, asBase64])).json).toMatchObject({ version: 2, files: [file('main.py', 'é\n'), png] });
    const sha256 = createHash('sha256').update(Buffer.from(png.content, 'base64')).digest('hex');
    expect((await patch(app, 2, { move: [{ from: 'static', to: 'public' }], put: [{ path: 'copy.png', sha256 }] })).json.files).toEqual([{ ...png, path: 'copy.png' }, file('main.py', 'é\n'), { ...png, path: 'public/logo.png' }]);
    expect((await patch(app, 3, { move: [{ from: 'public', to: 'static' }], remove: ['copy.png'] })).json.files).toEqual([file('main.py', 'é\n'), png]);
    expect(await digest()).toBe(first);
    // The letters of its base64 are another file.
    await patch(app, 4, { put: [file('static/logo.png', png.content)] });
    expect(await digest()).not.toBe(first);
    expect((await read(app)).files).toEqual([file('main.py', 'é\n'), file('static/logo.png', png.content)]);
    for (const content of ['%%%%', 'YQ', 'YQ==\n', 'YR==']) expect((await patch(app, 5, { put: [{ ...png, content }] })).json).toMatchObject({ status: 422, code: 'draft_invalid', issues: [{ path: '/put/0/content' }] });
    // Counted as the bytes that they are.
    const half = Buffer.alloc(limits.draftBytes, 0xff).toString('base64');
    expect((await save(app, 5, [{ ...png, content: half }])).status).toBe(200);
    expect((await save(app, 6, [{ ...png, content: half }, file('a.txt', 'x')])).json).toMatchObject({ code: 'draft_too_large', issues: [{ used: limits.draftBytes + 1, limit: limits.draftBytes }] });
  });

  it('goes out as an archive and comes back with the same digest', async () => {
    const [app, other] = [await create([...first, file('empty.txt'), file('deep/a/b/c/d/e.txt', 'é\r\n😀')]), await create([])];
    const [one, two] = [await system.call(`/v1/apps/${app}/draft/export`), await system.call(`/v1/apps/${app}/draft/export`)];
    expect(one.headers.get('content-type')).toBe('application/zip');
    expect(one.headers.get('content-disposition')).toMatch(/^attachment; filename="?app-[a-z0-9]+\.zip"?$/);
    expect(Buffer.from(one.bytes).equals(Buffer.from(two.bytes))).toBe(true);
    expect((await importZip(other, 1, one.bytes)).json).toMatchObject({ version: 2, files: (await read(app)).files });
    const digest = async (id: string): Promise<string> => (await system.call(`/v1/apps/${id}/draft/versions?limit=1`)).json.items[0].digest;
    expect(await digest(other)).toBe(await digest(app));
    expect((await importZip(other, 2, one.bytes)).json).toMatchObject({ version: 2 });
    // Also when all of it is in one folder, which is taken off what others have packed.
    await save(app, 1, [file('app/main.py', 'x'), file('app/lib.py', 'y')]);
    await importZip(other, 2, (await system.call(`/v1/apps/${app}/draft/export`)).bytes);
    expect(await digest(other)).toBe(await digest(app));
  });
});
