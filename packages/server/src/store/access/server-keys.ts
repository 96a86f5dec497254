import type { Database, Tables } from '../schema.ts';

export type ServerKeyName = Tables['server_keys']['name'];

/** Answers with which key servers work on this database: the one here when none is noted yet, or when the noted one is among the `older`. */
export async function agreeOnKey(db: Database, name: ServerKeyName, keyId: string, older: readonly string[] = []): Promise<string> {
  const noted = await findKey(db, name);
  // Reading first: a start on a full disk has nothing to write.
  if (noted === keyId || (noted !== undefined && !older.includes(noted))) return noted;
  await db.insertInto('server_keys').values({ name, key_id: keyId })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ key_id: keyId }).where('server_keys.key_id', 'in', [...older, keyId])).execute();
  // Of two first starts at once one comes second.
  return (await findKey(db, name)) ?? keyId;
}

/** From now on servers work with this one. */
export async function noteKey(db: Database, name: ServerKeyName, keyId: string): Promise<void> {
  await db.insertInto('server_keys').values({ name, key_id: keyId }).onConflict((conflict) => conflict.column('name').doUpdateSet({ key_id: keyId })).execute();
}

const findKey = async (db: Database, name: ServerKeyName): Promise<string | undefined> => (await db.selectFrom('server_keys').select('key_id').where('name', '=', name).executeTakeFirst())?.key_id;
