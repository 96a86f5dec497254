import { randomBytes } from 'node:crypto';
import { type Kysely, sql } from 'kysely';
import { createKeyRing } from '../../src/domain/environments/key-ring.ts';
import { digestOf, makeBundle } from '../../src/domain/code/revision.ts';

export const environmentKey = randomBytes(24).toString('hex');
export const files = [{ path: 'lib/words.py', content: 'WORD = "über"\n' }, { path: 'main.py', content: 'app = 1\n' }];
export const [digest, bundle] = [digestOf(files), await makeBundle(files)];
const [at, later] = ['2026-01-01T00:00:00.123456Z', '2026-01-01T00:00:09Z'];
const json = (value: unknown) => sql`${JSON.stringify(value)}::jsonb`;

/** The newest shape whose rows `fill` writes. */
export const lastFilled = '0004_last_crash';

/** What an app leaves in the database at a shape: two of them, one live with a failed deploy behind it, one deleted. */
export async function fill(db: Kysely<any>, shape: string): Promise<void> {
  await sql`insert into workspaces values ('acme', 'Acme', '["https://acme.example"]', ${at})`.execute(db);
  for (const [id, deletedAt] of [['app_live', null], ['app_gone', later]] as const) {
    await sql`insert into apps (id, workspace_id, title, host, created_at, created_by, deleted_at, generation, draft_version, draft_files, draft_digest, draft_saved_at, draft_saved_by, live_deployment_id, health, last_log_seq, event_floor)
      values (${id}, 'acme', 'Notes', ${`${id.replace('_', '-')}-abcdef`}, ${at}, 'ann', ${deletedAt}, 2, 3, ${json(files)}, ${digest}, ${at}, 'ann', ${id === 'app_live' ? 'dep_1' : null}, 'running', 7, 0)`.execute(db);
  }
  await sql`insert into bundles values (${bundle.sha256}, ${Buffer.from(bundle.bytes)}, ${at})`.execute(db);
  await sql`insert into revisions (app_id, digest, files, bundle_sha256, created_at) values ('app_live', ${digest}, ${json(files)}, ${bundle.sha256}, ${at})`.execute(db);
  const stages = [{ name: 'queued', startedAt: at }];
  await sql`insert into deployments (id, app_id, generation, revision, draft_version, status, stages, created_at, created_by, live_at, progressed_at) values ('dep_1', 'app_live', 1, ${digest}, 2, 'live', ${json(stages)}, ${at}, 'ann', ${at}, ${at})`.execute(db);
  await sql`insert into deployments (id, app_id, generation, revision, draft_version, status, stages, reason, message, created_at, created_by, ended_at, progressed_at) values ('dep_2', 'app_live', 2, ${digest}, 3, 'failed', ${json(stages)}, 'import_failed', 'no', ${at}, 'ann', ${later}, ${later})`.execute(db);
  const live = { state: 'live', deploymentId: 'dep_2', revision: digest, bundleSha256: bundle.sha256, envVersion: 0, settings: { exclusive: false, idleFreezeS: null, idleStopS: null }, egress: [], cancelled: true, settled: false };
  const spec = { schema: 1, appId: 'app_live', workspaceId: 'acme', generation: 2, host: 'app-live-abcdef', desired: live };
  await sql`insert into specs (app_id, generation, spec, is_published, changed_at) values ('app_live', 2, ${json(spec)}, true, ${at})`.execute(db);
  await sql`insert into specs (app_id, generation, spec, is_published, changed_at) values ('app_gone', 2, ${json({ ...spec, appId: 'app_gone', desired: { state: 'removed' } })}, true, ${at})`.execute(db);
  await sql`insert into events (workspace_id, app_id, type, payload, at) values ('acme', 'app_live', 'log', ${json({ lines: [{ seq: 1, at: later, stream: 'stdout', generation: 1, text: 'hello' }], dropped: 0 })}, ${later})`.execute(db);
  await sql`insert into metrics values ('app_live', 'e1', ${json({ requests: 5, status2xx: 5, status3xx: 0, status4xx: 0, status5xx: 0, inFlight: 0, bytesOut: 9 })}, ${later})`.execute(db);
  await sql`insert into audit (at, workspace_id, subject, action, app_id) values (${at}, 'acme', 'ann', 'app.create', 'app_live')`.execute(db);
  if (shape >= '0002') {
    const place = { appId: 'app_live', version: 1, name: 'TOKEN', scope: 'both' };
    const ring = createKeyRing([environmentKey]);
    await sql`insert into environments values ('app_live', 1, ${json([{ name: 'TOKEN', secret: false, scope: 'both', sealed: ring.seal('kept', place) }])}, ${ring.keyId}, ${at}, 'ann')`.execute(db);
    await sql`update apps set env_version = 1 where id = 'app_live'`.execute(db);
  }
}
