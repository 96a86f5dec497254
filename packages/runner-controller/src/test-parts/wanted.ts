import type { RuntimeUnderTest } from '../runtime/runtime.suite.ts';
import type { Wanted } from '../runtime/runtime.ts';
import { makeBundle } from './bundles.ts';

/** What a runtime is asked to serve, with its bundle where the runtime fetches it; an ordinary app unless `more` says otherwise. */
export function offerWanted(house: Pick<RuntimeUnderTest, 'offer'>, appId: string, generation: number, files: string | Record<string, string>, more: Partial<Wanted> = {}): Wanted {
  const bundle = makeBundle(files);
  house.offer(bundle);
  const { revision, bundleSha256 } = bundle;
  return { appId, host: appId, generation, envVersion: 0, settings: { exclusive: false, idleFreezeS: null, idleStopS: null }, egress: [], revision, bundleSha256, ...more };
}
