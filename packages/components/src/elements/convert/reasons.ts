import { isApiError } from '@fapi/sdk';
import type { ApiError } from '@fapi/sdk';
import { html } from 'lit';
import type { TemplateResult } from 'lit';
import type { Strings } from '../../strings.ts';

/** Where something stands in the way, or stays, and why. */
export interface Reason { readonly file: string; readonly line: number; readonly text: string }

/** What `convert-open` carries: a 1-based line of a file. */
export interface ConvertOpen { readonly path: string; readonly line: number }

const filePlace = 'draft.';

/** The reasons of a refusal, each with its place; undefined when it failed for something else. */
export function reasonsOf(error: unknown): Reason[] | undefined {
  if (!isApiError(error, 'conversion_refused')) return undefined;
  return (error as ApiError).issues.filter(({ path, line }) => path.startsWith(filePlace) && line !== undefined).map(({ path, line, message }) => ({ file: path.slice(filePlace.length), line: line!, text: message }));
}

/** Reasons that lead to their lines. */
export function reasonList(reasons: readonly Reason[], label: string, strings: Strings, onOpen: (place: ConvertOpen) => void): TemplateResult {
  return html`<ul class="reasons" aria-label=${label}>${reasons.map(({ file, line, text }) => html`
    <li><button type="button" class="quiet reason" part="reason" title=${strings.openPlace(strings.place(file, String(line)))} @click=${() => onOpen({ path: file, line })}>
      <span class="where mono">${strings.place(file, String(line))}</span> <span class="what">${strings.runnerSays(text)}</span></button></li>`)}</ul>`;
}
