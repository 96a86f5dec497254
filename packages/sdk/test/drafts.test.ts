import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FapiClient, isApiError } from '@fapi/sdk';
import { startSystem, type System } from '../../server/test/parts/system.ts';
import { caught, client } from './on-stage.ts';

const files = [{ path: 'lib.py', content: 'x = 1\n' }, { path: 'main.py', content: 'from lib import x\n' }];
const hashOf = async (text: string): Promise<string> => Buffer.from(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))).toString('hex');

describe('drafts', () => {
  let system: System;
  let fapi: FapiClient;
  beforeAll(async () => { system = await startSystem(); });
  afterAll(() => system?.stop());
  const create = async (): Promise<string> => {
    fapi = client({ baseUrl: system.server.url, apiKey: system.server.operatorKey });
    return (await fapi.apps.create({ title: 'App', files })).id;
  };

  it('are patched: what is not named stays', async () => {
    const app = await create();
    const { version, files: now } = await fapi.drafts.patch(app, { version: 1, move: [{ from: 'lib.py', to: 'pkg/lib.py' }], put: [{ path: 'main.py', content: 'from pkg.lib import x\n' }] });
    expect({ version, now }).toEqual({ version: 2, now: [{ path: 'main.py', content: 'from pkg.lib import x\n' }, { path: 'pkg/lib.py', content: 'x = 1\n' }] });
  });

  it.each(['save', 'patch', 'importZip', 'deploy'])('hold both sides of a merge in the error of a %s that came second', async (act) => {
    const app = await create();
    const zip = await fapi.drafts.exportZip(app);
    await fapi.drafts.save(app, { version: 1, files: [] });
    const error = await caught({
      save: () => fapi.drafts.save(app, { version: 1, files }),
      patch: () => fapi.drafts.patch(app, { version: 1, remove: ['lib.py'] }),
      importZip: () => fapi.drafts.importZip(app, { version: 1, zip }),
      deploy: () => fapi.deployments.create(app, { draftVersion: 1 }),
    }[act]!() as Promise<unknown>);
    expect(isApiError(error, 'draft_conflict')).toBe(true);
    expect(error).toMatchObject({ currentVersion: 2, conflict: { current: { version: 2, files: [] }, base: { version: 1, files } } });
  });

  it('take texts by their hash, where the app has them', async () => {
    const app = await create();
    const [known, unknown] = [await hashOf('x = 1\n'), await hashOf('nobody has this')];
    expect(await fapi.drafts.need(app, [known, unknown])).toEqual({ needs: [unknown] });
    expect((await fapi.drafts.patch(app, { version: 1, put: [{ path: 'copy.py', sha256: known }] })).files[0]).toEqual({ path: 'copy.py', content: 'x = 1\n' });
    expect(await caught(fapi.drafts.patch(app, { version: 2, put: [{ path: 'other.py', sha256: unknown }] }))).toMatchObject({ code: 'content_needed', issues: [{ path: '/put/0/sha256' }] });
  });

  it('have versions, in pages and to the end', async () => {
    const app = await create();
    for (const version of [1, 2, 3]) await fapi.drafts.patch(app, { version, put: [{ path: 'n.txt', content: String(version) }] });
    expect((await fapi.drafts.versions(app, { limit: 1 })).items).toMatchObject([{ version: 4, files: 3 }]);
    const seen: number[] = [];
    for await (const { version } of fapi.drafts.versions(app, { limit: 1 })) seen.push(version);
    expect(seen).toEqual([4, 3, 2, 1]);
    expect(await fapi.drafts.readVersion(app, 1)).toMatchObject({ version: 1, files });
    expect(await caught(fapi.drafts.readVersion(app, 5))).toMatchObject({ code: 'draft_version_not_found', status: 404 });
  });

  it('go out and come in as archives', async () => {
    const [app, other] = [await create(), await create()];
    await fapi.drafts.save(other, { version: 1, files: [] });
    const zip = await fapi.drafts.exportZip(app);
    expect(zip).toBeInstanceOf(Uint8Array);
    expect(await fapi.drafts.importZip(other, { version: 2, zip })).toMatchObject({ version: 3, files });
    expect(await caught(fapi.drafts.importZip(other, { version: 3, zip: new Uint8Array([1, 2, 3]) }))).toMatchObject({ code: 'zip_invalid', status: 422 });
    expect(await caught(fapi.drafts.exportZip('app_none'))).toMatchObject({ code: 'app_not_found' });
  });
});
