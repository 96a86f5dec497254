import type { V1ResourceRequirements } from '@kubernetes/client-node';
import { limitBounds } from '@fapi/sdk/contract';
import type { AppRecord } from './record.ts';

type Releases = Pick<AppRecord, 'release' | 'candidate'>;

const units = { Mi: 1, Gi: 1_024 } as const;

/** Pure: what a pod of this app may have. The usual limits are for an app that has what every app has; for one with a limit of its own they are that much more, or less memory. */
export function sizeApp(app: Releases, usual: V1ResourceRequirements): V1ResourceRequirements {
  const limits = { ...usual.limits };
  const [memory, disk] = [readMebibytes(limits['memory']), readMebibytes(limits['ephemeral-storage'])];
  const own = listOwn(app, 'memoryMiB');
  if (own.length > 0 && memory !== undefined) limits['memory'] = toQuantity(Math.max(memory + Math.max(...own) - limitBounds.memoryMiB.default, readMebibytes(usual.requests?.['memory']) ?? 0));
  if (disk !== undefined) limits['ephemeral-storage'] = toQuantity(disk + sizeFolder(app) - limitBounds.folderMiB.default);
  return { ...usual, limits };
}

/** Pure: the mebibytes that the folder of this app may hold in a pod of it: never less than every app has. */
export const sizeFolder = (app: Releases): number => Math.max(limitBounds.folderMiB.default, ...listOwn(app, 'folderMiB'));

/** Both are there while one follows the other. */
const listOwn = ({ release, candidate }: Releases, name: keyof typeof limitBounds): number[] => [release, candidate].flatMap((one) => (one ? [one.limits?.[name] ?? limitBounds[name].default] : []));

/** Undefined for what is written in no unit of ours. */
function readMebibytes(quantity: string | undefined): number | undefined {
  const [, digits, unit] = /^(\d+)(Mi|Gi)$/.exec(quantity ?? '') ?? [];
  return digits === undefined ? undefined : Number(digits) * units[unit as keyof typeof units];
}

/** As the API writes it back. */
export const toQuantity = (mebibytes: number): string => (mebibytes % units.Gi === 0 ? `${mebibytes / units.Gi}Gi` : `${mebibytes}Mi`);
