import type { App } from '@fapi/sdk/contract';
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { Strings } from '../../strings.ts';

export interface DeployBarsOptions {
  readonly app: App | undefined;
  /** A variable that was missing and is there now. */
  readonly added: string | undefined;
  readonly isBusy: boolean;
  readonly isReadOnly: boolean;
  readonly strings: Strings;
  readonly onDeploy: () => void;
  readonly onDeployVariables: () => void;
}

/** What brings the variables live. One way at a time: who has added what was missing wants the draft live; else what is live may be without them. */
export function deployBars({ app, added, isBusy, isReadOnly, strings, onDeploy, onDeployVariables }: DeployBarsOptions): TemplateResult | typeof nothing {
  const off = isBusy ? 'true' : nothing;
  if (added !== undefined) return html`<div class="bar" role="status" data-status="idle"><p>${strings.variableAdded(added)}</p><span class="actions"><button type="button" data-deploy aria-disabled=${off} @click=${() => { if (!isBusy) onDeploy(); }}>${strings.deploy}</button></span></div>`;
  if (!app?.live || !app.changes.environment) return nothing;
  return html`
    <div class="bar" role="status" data-status="working"><p>${strings.variablesBehind}</p>
      ${isReadOnly ? nothing : html`<span class="actions"><button type="button" aria-disabled=${off} @click=${() => { if (!isBusy) onDeployVariables(); }}>${strings.deployVariables}</button></span>`}</div>`;
}
