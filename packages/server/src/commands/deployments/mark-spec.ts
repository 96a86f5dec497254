import type { RunSettings } from '@fapi/sdk/contract';
import type { Tx } from '../../store/schema.ts';
import { findSpec, putSpec } from '../../store/wishes/specs.ts';

/** Tells the controller what changes while the spec's generation stays; a newer spec is left alone. */
export async function markSpec(tx: Tx, appId: string, generation: number, marks: { cancelled?: true; settled?: true; settings?: RunSettings }, at: Date): Promise<void> {
  const spec = await findSpec(tx, appId);
  if (spec?.generation === generation && spec.desired.state === 'live') await putSpec(tx, { ...spec, desired: { ...spec.desired, ...marks } }, at);
}
