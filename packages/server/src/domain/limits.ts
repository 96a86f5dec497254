import { type AppLimits, limitBounds, type LimitValues } from '@fapi/sdk/contract';

/** In bytes; what is not known is absent. */
export interface Use { memoryBytes?: number | undefined; folderBytes?: number | undefined }

/** What was set beside what holds, what is used of it and what may be set. */
export const presentLimits = (own: LimitValues, { memoryBytes, folderBytes }: Use = {}): AppLimits => ({ memoryMiB: present('memoryMiB', own, memoryBytes), folderMiB: present('folderMiB', own, folderBytes) });

const present = (name: keyof LimitValues, own: LimitValues, usedBytes: number | undefined): AppLimits[typeof name] =>
  ({ own: own[name], limit: own[name] ?? limitBounds[name].default, ...(usedBytes === undefined ? {} : { used: Math.round((usedBytes / 2 ** 20) * 10) / 10 }), ...limitBounds[name] });
