import { createHash } from 'node:crypto';
import { NotServedError } from './not-served-error.ts';
import { fetchInternal, type InternalServer } from './fetch-internal.ts';
import type { FetchBundle } from './runtime/runtime.ts';
import { bundlePath } from './work/bundles.ts';

/** Fetches bundles over the server's internal HTTP; tries again while the server cannot be reached. */
export const createBundleFetcher = (server: InternalServer): FetchBundle => async (sha256, signal) => {
  const bytes = await fetchInternal(server, bundlePath(sha256), { what: 'bundle', title: `bundle ${sha256}` }, signal);
  const found = createHash('sha256').update(bytes).digest('hex');
  if (found !== sha256) throw new NotServedError('bundle', `bundle ${sha256} arrived with the digest ${found}`);
  return bytes;
};
