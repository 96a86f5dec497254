import { type AppLimits, limitBounds, type LimitValues } from '@fapi/sdk/contract';

/** What was set beside what holds and what may be set. */
export const presentLimits = (own: LimitValues): AppLimits => ({ memoryMiB: present('memoryMiB', own), folderMiB: present('folderMiB', own) });

const present = (name: keyof LimitValues, own: LimitValues): AppLimits[typeof name] => ({ own: own[name], limit: own[name] ?? limitBounds[name].default, ...limitBounds[name] });
