import { resolve } from 'node:path';
import { ArchiveError, backUp, ConfigError, RestoreError } from '../../packages/server/src/index.ts';

/** `npm run backup -- <file>`: of the database that the server's own variables name, also while it runs. */
const file = process.argv[2];
if (file === undefined || process.argv.length > 3) {
  console.error('usage: npm run backup -- <file>   (with the FAPI_DATABASE_URL or FAPI_DATA_DIR of the server)');
  process.exit(2);
}
try {
  const { header, rows } = await backUp(process.env, resolve(process.env['INIT_CWD'] ?? '.', file));
  console.log(`${file}: ${Object.values(rows).reduce((sum, count) => sum + count, 0)} rows of ${header.tables.length} tables, as of ${header.at}; read again and sound.`);
  if (header.environmentKeyIds.length > 0) console.log(`It holds environments sealed with the keys ${header.environmentKeyIds.join(', ')}. The keys are not in it: keep FAPI_ENVIRONMENT_KEY (or the file environment-key of the data folder) in another place.`);
} catch (error) {
  if (!(error instanceof ArchiveError || error instanceof RestoreError || error instanceof ConfigError)) throw error;
  console.error(error.message);
  process.exit(1);
}
