import type { App, Deployment } from '@fapi/sdk/contract';
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { formatAgo, formatDate } from '../format.ts';
import type { Strings } from '../strings.ts';

export interface SinceOptions { readonly now: number; readonly strings: Strings; readonly locale: string }

/** How long ago, with the date for who asks; `now` is epoch milliseconds. */
export function ago(at: string, { now, strings, locale }: SinceOptions): TemplateResult {
  return html`<time datetime=${at} title=${formatDate(at, locale)}>${formatAgo(at, { now, strings, locale })}</time>`;
}

/** The moment of a deployment that every element names: when it went live, or how far it has come. */
export const deployedAt = ({ liveAt, endedAt, createdAt }: Pick<Deployment, 'liveAt' | 'endedAt' | 'createdAt'>): string => liveAt ?? endedAt ?? createdAt;

/** When the draft was saved and by whom. */
export function savedSince({ draftSavedAt, draftSavedBy }: Pick<App, 'draftSavedAt' | 'draftSavedBy'>, options: SinceOptions): TemplateResult {
  const { strings } = options;
  return html`<span class="lead">${strings.savedAgo}</span> ${ago(draftSavedAt, options)}${draftSavedBy === undefined ? nothing : html` ${strings.byWhom(draftSavedBy)}`}`;
}

/** When what is live went live, whether somebody went back to it, and by whom. */
export function deployedSince(deployment: Deployment, options: SinceOptions): TemplateResult {
  const { strings } = options;
  const { createdBy, trigger } = deployment;
  return html`<span class="lead">${trigger === 'revert' ? strings.revertedAgo : strings.deployedAgo}</span> ${ago(deployedAt(deployment), options)} ${strings.byWhom(createdBy)}`;
}
