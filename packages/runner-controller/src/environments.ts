import * as z from 'zod/mini';
import { NotServedError } from './not-served-error.ts';
import { fetchInternal, type InternalServer } from './fetch-internal.ts';
import type { FetchEnvironment } from './runtime/runtime.ts';
import { environmentPath, EnvironmentValues } from './work/environments.ts';

/** Fetches the values of environments over the server's internal HTTP; tries again while the server cannot be reached. */
export const createEnvironmentFetcher = (server: InternalServer): FetchEnvironment => async (appId, version, values, signal) => {
  const body = await fetchInternal(server, environmentPath(appId, version, values), { what: 'environment', title: `version ${version} of the environment` }, signal);
  const parsed = z.safeParse(EnvironmentValues, JSON.parse(Buffer.from(body).toString('utf8')));
  // The parser's own words could hold a value.
  if (!parsed.success) throw new NotServedError('environment', `version ${version} of the environment is not what was promised`);
  return parsed.data;
};

const kept = 200;

/** Asks once for each version: it never changes. Version 0 is empty for everybody. What failed is asked again. */
export function rememberEnvironments(fetch: FetchEnvironment): FetchEnvironment {
  const known = new Map<string, EnvironmentValues>();
  return async (appId, version, values, signal) => {
    if (version === 0) return { variables: {}, secrets: [] };
    const key = `${appId} ${version} ${values}`;
    const found = known.get(key) ?? (await fetch(appId, version, values, signal));
    known.delete(key);
    known.set(key, found);
    if (known.size > kept) known.delete(known.keys().next().value!);
    return found;
  };
}
