import type { AppLimits } from '@fapi/sdk/contract';
import { html } from 'lit';
import type { TemplateResult } from 'lit';
import { formatNumber } from '../../format.ts';
import type { Strings } from '../../strings.ts';

/** How much of the machine the app may have, and has. What nobody has said is called unknown: a number would be believed. */
export function limitList({ memoryMiB, folderMiB }: AppLimits, strings: Strings, locale: string): TemplateResult {
  const rows = [[strings.limitMemory, memoryMiB], [strings.limitFolder, folderMiB]] as const;
  return html`<dl class="limits" part="limits">${rows.map(([name, { used, limit }]) => html`<div><dt>${name}</dt><dd class="number">${used === undefined ? strings.limitUnknown(formatNumber(limit, locale)) : strings.limitUsed(formatNumber(used, locale), formatNumber(limit, locale))}</dd></div>`)}</dl>`;
}
