import { arrangementOf, filesWidths, firstLayout, sideWidths } from '../editor/layout.ts';
import type { Arrangement } from '../editor/layout.ts';

/** Of so many apps, the newest first, and of so many files. */
const appsMax = 20;
const pathsMax = 30;

export interface Remembered { readonly panel: string | undefined; readonly arrangement: Partial<Arrangement>; readonly files: Readonly<Record<string, unknown>> }

/** How it is for who has changed nothing. */
export const firstArrangement: Arrangement = arrangementOf(firstLayout);

/** What was kept, as far as it is what we keep: others may write there, and so may an older version. */
export function toRemembered(kept: unknown): Remembered {
  const known = kept as { panel?: unknown; arrangement?: Record<string, unknown>; files?: Record<string, unknown> } | null | undefined;
  const arrangement = Object.fromEntries(Object.entries(known?.arrangement ?? {}).flatMap(([name, value]) => {
    if (typeof value !== typeof firstLayout[name as keyof Arrangement]) return [];
    const widths = { filesWidth: filesWidths, sideWidth: sideWidths }[name];
    return [[name, widths ? Math.min(widths.most, Math.max(widths.least, Number(value))) : value]];
  }));
  return { panel: typeof known?.panel === 'string' ? known.panel : undefined, arrangement, files: { ...known?.files } };
}

/** With what is open in one app now. */
export const withFiles = (files: Remembered['files'], appId: string, open: readonly string[]): Remembered['files'] => Object.fromEntries([[appId, open.slice(-pathsMax)], ...Object.entries(files).filter(([id]) => id !== appId).slice(0, appsMax - 1)]);
