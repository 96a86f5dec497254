import { recall } from '../../controllers/remembered.ts';
import { filesWidths, firstLayout, sideWidths } from '../editor/layout.ts';
import type { Arrangement } from '../editor/layout.ts';

export interface Remembered { readonly panel: string | undefined; readonly arrangement: Partial<Arrangement> }

/** What was kept, as far as it is what we keep: others may write there, and so may an older version. */
export function recallBuilder(key: string): Remembered {
  const known = (key ? recall(key) : undefined) as { panel?: unknown; arrangement?: Record<string, unknown> } | undefined;
  const arrangement = Object.fromEntries(Object.entries(known?.arrangement ?? {}).flatMap(([name, value]) => {
    if (typeof value !== typeof firstLayout[name as keyof Arrangement]) return [];
    const widths = { filesWidth: filesWidths, sideWidth: sideWidths }[name];
    return [[name, widths ? Math.min(widths.most, Math.max(widths.least, Number(value))) : value]];
  }));
  return { panel: typeof known?.panel === 'string' ? known.panel : undefined, arrangement };
}
