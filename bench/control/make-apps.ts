import { sql } from 'kysely';
import type { FapiClient } from '@fapi/sdk';
import type { Database } from '../../packages/server/src/store/schema.ts';

const files = [{ path: 'main.py', content: 'from fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.get("/")\ndef hello():\n    return {"hello": "world"}\n' }];

/** Apps with one deployment each, by the API. */
export async function makeApps(client: FapiClient, count: number): Promise<{ id: string; generation: number }[]> {
  const apps: { id: string; generation: number }[] = [];
  for (let at = 0; at < count; at++) {
    const app = await client.apps.create({ title: `Bench ${at}`, files });
    const { generation } = await client.deployments.create(app.id, { draftVersion: app.draftVersion });
    apps.push({ id: app.id, generation });
  }
  return apps;
}

/** Copies of an app's rows under other names: what a server reads at its start, without the hours that the API would take. */
export async function copyApp(db: Database, appId: string, count: number): Promise<void> {
  await sql`insert into apps select (jsonb_populate_record(a, jsonb_build_object('id', a.id || '_' || n, 'host', a.host || '-' || n))).* from apps a, generate_series(1, ${sql.lit(count)}) n where a.id = ${appId}`.execute(db);
  await sql`insert into specs select (jsonb_populate_record(s, jsonb_build_object('app_id', s.app_id || '_' || n, 'spec', jsonb_set(jsonb_set(s.spec, '{appId}', to_jsonb(s.app_id || '_' || n)), '{host}', to_jsonb((s.spec ->> 'host') || '-' || n))))).* from specs s, generate_series(1, ${sql.lit(count)}) n where s.app_id = ${appId}`.execute(db);
}
