import { describe, expect, it } from 'vitest';
import { annotation } from './labels.ts';
import { type AppRecord, listGrants, readRecord, type Release, writeRecord } from './record.ts';

const release: Release = { generation: 3, revision: 'sha256:3', bundleSha256: 'f'.repeat(64), envVersion: 2, settings: { exclusive: false, idleFreezeS: 5, idleStopS: null }, egress: [{ host: 'db.example', port: 5432 }] };
const record: AppRecord = { appId: 'App/1', host: 'shop', generation: 4, epoch: 7, state: 'live', release, former: { ...release, generation: 2 }, candidate: { ...release, generation: 4 }, granted: [] };
const asSet = (annotations: Record<string, string>) => ({ metadata: { name: 'app', annotations } });

describe('what is written on an app', () => {
  it.each([record, { ...record, candidate: undefined, release: undefined, former: undefined, state: 'removed', removedAt: '2026-01-01T00:00:00Z' } as AppRecord])('is read as it was written', (one) => {
    expect(readRecord(asSet(writeRecord(one)))).toEqual(JSON.parse(JSON.stringify(one)));
  });

  it('shows the revision and the environment that serve', () => {
    expect(writeRecord(record)).toMatchObject({ 'fapi.dev/generation': '4', 'fapi.dev/revision': 'sha256:3', 'fapi.dev/env-version': '2', 'fapi.dev/epoch': '7' });
  });

  it.each([[{}], [{ ...writeRecord(record), [annotation.generation]: 'four' }], [{ ...writeRecord(record), [annotation.state]: 'odd' }]])('is no record when it is %j', (annotations) => {
    expect(readRecord(asSet(annotations as Record<string, string>))).toBeUndefined();
  });

  it('has no release where somebody has written something else there', () => {
    expect(readRecord(asSet({ ...writeRecord(record), [annotation.release]: '{"generation": "x"}', [annotation.former]: '}' }))).toMatchObject({ generation: 4, candidate: { generation: 4 } });
    expect(readRecord(asSet({ ...writeRecord(record), [annotation.release]: '{' }))?.release).toBeUndefined();
  });
});

describe('where an app may connect to', () => {
  const [db, mail] = [{ host: 'db.example', port: 5432 }, { host: 'mail.example', port: 25 }];
  const of = (...egress: Release['egress']): Release => ({ ...release, egress });
  it.each([
    ['all that its release was made with', { release: of(db, mail) }, [db, mail]],
    ['what its candidate may, and its release no more than that', { release: of(db), candidate: of(mail), granted: [db] }, [mail]],
    ['of what its release was made with what is still granted', { release: of(db, mail), granted: [mail] }, [mail]],
    ['nothing that its release was not made with', { release: of(db), granted: [db, mail] }, [db]],
    ['nothing once all is withdrawn', { release: of(db), granted: [] }, []],
  ])('is %s', (_is, one, expected) => expect(listGrants(one)).toEqual(expected));
});
