import type { AppSnapshot } from '@fapi/sdk/workspace';
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { appStatus, freshnessWord } from '../../app-status.ts';
import { icons } from '../../icons.ts';
import { statusPill } from '../../parts/status-pill.ts';
import type { Strings } from '../../strings.ts';
import { deployButton } from './deploy-button.ts';
import { readinessMark } from './readiness.ts';
import type { Readiness } from './readiness.ts';

export interface ToolbarOptions {
  readonly snapshot: AppSnapshot;
  readonly strings: Strings;
  readonly locale: string;
  /** The deployment that this editor brought live and nothing was changed since. */
  readonly isFreshlyLive: boolean;
  readonly readiness: Readiness | undefined;
  /** The last readiness that was not on its way to another one, in a word. */
  readonly settledReadiness: string;
  readonly onSave: () => void;
  readonly onDeploy: () => void;
}

/** What the app is, what the draft is, and the two acts. */
export function toolbar(options: ToolbarOptions): TemplateResult {
  const { snapshot, strings, readiness, settledReadiness, isFreshlyLive, onSave } = options;
  const { app, deployment, dirtyPaths, save } = snapshot;
  const isDirty = dirtyPaths.size > 0;
  return html`
    <header class="toolbar" part="toolbar">
      <slot name="toolbar-start"></slot>
      <h2 class="title truncate" title=${app?.title ?? ''}>${app?.title}</h2>
      ${statusPill(appStatus(app, deployment, strings))}
      <span class="chip" part="freshness">${save === 'saving' ? strings.saving : freshnessWord(app, isDirty, strings)}</span>
      <span class="grow"></span>
      ${app && (app.live || deployment?.status === 'live') ? html`<a class="url truncate" href=${app.url} target="_blank" rel="noopener" title=${strings.openApp}><span class="mono truncate">${app.host}</span>${icons.external}</a>` : nothing}
      <slot name="toolbar-end"></slot>
      ${readinessMark(isFreshlyLive ? undefined : readiness, settledReadiness)}
      <button type="button" class="large save" title=${strings.saveHint} aria-label=${strings.saveDraft} aria-disabled=${!isDirty || save === 'saving' ? 'true' : nothing} @click=${onSave}><span class="long">${strings.saveDraft}</span><span class="short">${strings.saveShort}</span></button>
      ${deployButton(options)}
    </header>`;
}
