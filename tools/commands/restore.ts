import { resolve } from 'node:path';
import { ArchiveError, ConfigError, restore, RestoreError } from '../../packages/server/src/index.ts';

/** `npm run restore -- <file>`: into the empty database that the server's own variables name, before the server is started. */
const file = process.argv[2];
if (file === undefined || process.argv.length > 3) {
  console.error('usage: npm run restore -- <file>   (with the FAPI_DATABASE_URL or FAPI_DATA_DIR of the new server)');
  process.exit(2);
}
try {
  const { header, rows, missingKeyIds } = await restore(process.env, resolve(process.env['INIT_CWD'] ?? '.', file));
  console.log(`${Object.values(rows).reduce((sum, count) => sum + count, 0)} rows of ${header.tables.length} tables, as of ${header.at}, are restored.`);
  if (missingKeyIds.length > 0) console.log(`Environments are sealed with keys that are not here: ${missingKeyIds.join(', ')}. Add them to FAPI_ENVIRONMENT_KEY (or to the file environment-key, one a line, below the key that is there): no server starts without them, unless FAPI_ACCEPT_LOST_KEYS=1 gives their values up.`);
} catch (error) {
  if (!(error instanceof ArchiveError || error instanceof RestoreError || error instanceof ConfigError)) throw error;
  console.error(error.message);
  process.exit(1);
}
