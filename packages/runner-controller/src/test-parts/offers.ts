import { NotServedError } from '../not-served-error.ts';
import type { RuntimeUnderTest } from '../runtime/runtime.suite.ts';
import type { FetchBundle, FetchEnvironment } from '../runtime/runtime.ts';
import type { EnvironmentValues } from '../work/environments.ts';

/** What a server would give to a runtime: what a test has offered, and of everything else that there is none. */
export interface Offers extends Pick<RuntimeUnderTest, 'offer' | 'offerEnvironment'> {
  readonly fetchBundle: FetchBundle;
  readonly fetchEnvironment: FetchEnvironment;
}

export function createOffers(): Offers {
  const bundles = new Map<string, Uint8Array>();
  const environments = new Map<string, EnvironmentValues>();
  return {
    offer: ({ bundleSha256, bytes }) => void bundles.set(bundleSha256, bytes),
    offerEnvironment: (appId, version, values, environment) => void environments.set(`${appId} ${version} ${values}`, environment),
    async fetchBundle(sha256) {
      const bytes = bundles.get(sha256);
      if (!bytes) throw new NotServedError('bundle', `there is no bundle ${sha256}`);
      return bytes;
    },
    async fetchEnvironment(appId, version, values) {
      const environment = environments.get(`${appId} ${version} ${values}`);
      if (!environment) throw new NotServedError('environment', `there is no environment ${appId} ${version} ${values}`);
      return environment;
    },
  };
}
