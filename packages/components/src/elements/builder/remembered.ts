import { arrangementOf, filesWidths, firstLayout, sideWidths } from '../editor/layout.ts';
import type { Arrangement } from '../editor/layout.ts';
import type { FilesOpen } from '../editor/open-files.ts';

/** Of so many apps, the newest first, and of so many files. */
const appsMax = 20;
const pathsMax = 30;

export interface Remembered { readonly panel: string | undefined; readonly arrangement: Partial<Arrangement>; readonly files: Readonly<Record<string, FilesOpen>> }

/** How it is for who has changed nothing. */
export const firstArrangement: Arrangement = arrangementOf(firstLayout);

/** What was kept, as far as it is what we keep: others may write there, and so may an older version. */
export function toRemembered(kept: unknown): Remembered {
  const known = kept as { panel?: unknown; arrangement?: Record<string, unknown>; files?: Record<string, { paths?: unknown; active?: unknown } | null> } | null | undefined;
  const arrangement = Object.fromEntries(Object.entries(known?.arrangement ?? {}).flatMap(([name, value]) => {
    if (typeof value !== typeof firstLayout[name as keyof Arrangement]) return [];
    const widths = { filesWidth: filesWidths, sideWidth: sideWidths }[name];
    return [[name, widths ? Math.min(widths.most, Math.max(widths.least, Number(value))) : value]];
  }));
  const files = Object.fromEntries(Object.entries(known?.files ?? {}).flatMap(([appId, open]) => (Array.isArray(open?.paths) ? [[appId, { paths: open.paths.map(String), active: typeof open.active === 'string' ? open.active : undefined }]] : [])));
  return { panel: typeof known?.panel === 'string' ? known.panel : undefined, arrangement, files };
}

/** With what is open in one app now. */
export function withFiles(files: Remembered['files'], appId: string, { paths, active }: FilesOpen): Remembered['files'] {
  const others = Object.entries(files).filter(([id]) => id !== appId);
  return Object.fromEntries([[appId, { paths: paths.slice(-pathsMax), active }], ...others.slice(0, appsMax - 1)]);
}
