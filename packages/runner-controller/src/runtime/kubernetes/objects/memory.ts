import type { V1ResourceRequirements } from '@kubernetes/client-node';
import { limitBounds } from '@fapi/sdk/contract';
import type { AppRecord } from './record.ts';

const units = { Mi: 1, Gi: 1_024 } as const;

/** Pure: what a pod of this app may have. The usual limit is for an app that has what every app has; for one with a limit of its own it is that much more or less. */
export function sizeApp({ release, candidate }: Pick<AppRecord, 'release' | 'candidate'>, usual: V1ResourceRequirements): V1ResourceRequirements {
  const own = [release, candidate].map((one) => one?.limits?.memoryMiB ?? limitBounds.memoryMiB.default).filter((_, at) => [release, candidate][at] !== undefined);
  const limit = readMebibytes(usual.limits?.['memory']);
  if (own.length === 0 || limit === undefined) return usual;
  // Both are there while one follows the other.
  const wanted = Math.max(limit + Math.max(...own) - limitBounds.memoryMiB.default, readMebibytes(usual.requests?.['memory']) ?? 0);
  return { ...usual, limits: { ...usual.limits, memory: toQuantity(wanted) } };
}

/** Undefined for what is written in no unit of ours. */
function readMebibytes(quantity: string | undefined): number | undefined {
  const [, digits, unit] = /^(\d+)(Mi|Gi)$/.exec(quantity ?? '') ?? [];
  return digits === undefined ? undefined : Number(digits) * units[unit as keyof typeof units];
}

/** As the API writes it back. */
const toQuantity = (mebibytes: number): string => (mebibytes % units.Gi === 0 ? `${mebibytes / units.Gi}Gi` : `${mebibytes}Mi`);
