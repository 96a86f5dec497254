import { ConfigError, LockedError, rotateKeys } from '../../packages/server/src/index.ts';

/** `npm run rotate-keys`: seals all environments with another key, with the variables of the server. */
try {
  const { isNew, keyId, count, free, missing } = await rotateKeys(process.env);
  console.log(`${count} versions of environments are sealed anew, with the ${isNew ? 'new key' : 'first key of FAPI_ENVIRONMENT_KEY,'} ${keyId}.`);
  if (isNew) console.log('The file environment-key holds it. Backups that were made before need the former key: keep it with them if they are to be restored.');
  else if (free.length > 0) console.log(`Nothing needs the keys ${free.join(', ')} any more: they can leave FAPI_ENVIRONMENT_KEY.`);
  else console.log('To change the key of servers that run: put a new one behind the first and start them again, then turn the two around, start them again, and call this.');
  if (missing.length > 0) console.log(`Something is sealed with keys that are not here: ${missing.join(', ')}.`);
} catch (error) {
  if (!(error instanceof LockedError || error instanceof ConfigError)) throw error;
  console.error(error.message);
  process.exit(1);
}
