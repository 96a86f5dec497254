import { arrangementOf, filesWidths, firstLayout, sideWidths } from '../editor/layout.ts';
import type { Arrangement } from '../editor/layout.ts';

export interface Remembered { readonly panel: string | undefined; readonly arrangement: Partial<Arrangement> }

/** How it is for who has changed nothing. */
export const firstArrangement: Arrangement = arrangementOf(firstLayout);

/** What was kept, as far as it is what we keep: others may write there, and so may an older version. */
export function toRemembered(kept: unknown): Remembered {
  const known = kept as { panel?: unknown; arrangement?: Record<string, unknown> } | null | undefined;
  const arrangement = Object.fromEntries(Object.entries(known?.arrangement ?? {}).flatMap(([name, value]) => {
    if (typeof value !== typeof firstLayout[name as keyof Arrangement]) return [];
    const widths = { filesWidth: filesWidths, sideWidth: sideWidths }[name];
    return [[name, widths ? Math.min(widths.most, Math.max(widths.least, Number(value))) : value]];
  }));
  return { panel: typeof known?.panel === 'string' ? known.panel : undefined, arrangement };
}
