import type { FapiClient } from '@fapi/sdk';
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { errorNotice, skeleton } from '../../parts/notice.ts';
import { canDefine } from '../../registry.ts';
import type { Strings } from '../../strings.ts';

const panelNames = ['deploy', 'preview', 'try', 'logs', 'metrics', 'history', 'settings'] as const;
export type PanelName = (typeof panelNames)[number];

export interface PanelContent { readonly appId: string; readonly client: FapiClient | undefined; readonly isReadOnly: boolean }

const content: Record<PanelName, (given: PanelContent) => TemplateResult> = {
  deploy: ({ appId, client, isReadOnly }) => html`<fapi-deploy-status .appId=${appId} .client=${client} .readonly=${isReadOnly}></fapi-deploy-status>`,
  preview: ({ appId, client }) => html`<fapi-preview .appId=${appId} .client=${client}></fapi-preview>`,
  try: ({ appId, client }) => html`<fapi-try .appId=${appId} .client=${client}></fapi-try>`,
  logs: ({ appId, client }) => html`<fapi-logs .appId=${appId} .client=${client}></fapi-logs>`,
  metrics: ({ appId, client }) => html`<fapi-metrics .appId=${appId} .client=${client}></fapi-metrics>`,
  history: ({ appId, client, isReadOnly }) => html`<fapi-history .appId=${appId} .client=${client} .readonly=${isReadOnly}></fapi-history>`,
  settings: ({ appId, client, isReadOnly }) => html`<fapi-settings .appId=${appId} .client=${client} .readonly=${isReadOnly}></fapi-settings>`,
};

/** The panels that were asked for, in that order; what this page has not defined is left out. */
export function panelsOf(asked: string | undefined): readonly PanelName[] {
  const names = asked === undefined ? panelNames : asked.split(/\s+/).filter((name): name is PanelName => (panelNames as readonly string[]).includes(name));
  return names.filter((name) => canDefine(panelTag(name)));
}

export const panelTag = (name: PanelName): string => (name === 'deploy' ? 'fapi-deploy-status' : `fapi-${name}`);
export const panelWord = (name: PanelName, strings: Strings): string => ({ deploy: strings.tabDeploy, preview: strings.preview, try: strings.tabTry, logs: strings.logs, metrics: strings.tabMetrics, history: strings.history, settings: strings.settings })[name];

export interface PanelsOptions extends PanelContent {
  readonly panels: readonly PanelName[];
  readonly chosen: PanelName | undefined;
  /** What was shown once stays, with what is in it; what was not yet is not there. */
  readonly visited: ReadonlySet<PanelName>;
  readonly strings: Strings;
  readonly locale: string;
  /** Why the code of a panel could not be had. */
  readonly failures: ReadonlyMap<PanelName, unknown>;
  readonly onRetry: (name: PanelName) => void;
  readonly onChoose: (name: PanelName) => void;
}

/** Tabs after the ARIA pattern: one stop for Tab, arrow keys between them. */
export function panels(options: PanelsOptions): TemplateResult {
  const { panels: names, chosen, visited, failures, strings, locale, onRetry, onChoose } = options;
  const onKey = (event: KeyboardEvent): void => {
    const list = event.currentTarget as HTMLElement;
    const step = getComputedStyle(list).direction === 'rtl' ? -1 : 1;
    const at = names.indexOf(chosen!);
    const next = { ArrowRight: at + step, ArrowLeft: at - step, Home: 0, End: -1 }[event.key];
    const name = next === undefined ? undefined : names.at(next % names.length);
    if (name === undefined) return;
    event.preventDefault();
    onChoose(name);
    list.querySelector<HTMLElement>(`#tab-${name}`)?.focus();
  };
  const panel = (name: PanelName): TemplateResult => (customElements.get(panelTag(name)) ? content[name](options) : failures.has(name) ? errorNotice(failures.get(name), strings, locale, () => onRetry(name)) : skeleton(strings, 6));
  return html`
    <div class="tabs" part="tabs" role="tablist" aria-label=${strings.aboutApp} @keydown=${onKey}>${names.map((name) => html`
      <button type="button" role="tab" part="tab" class="quiet" id="tab-${name}" aria-controls="panel-${name}" aria-selected=${name === chosen} tabindex=${name === chosen ? 0 : -1} @click=${() => onChoose(name)}>${panelWord(name, strings)}</button>`)}</div>
    ${names.map((name) => html`<div class="panel" part="panel" role="tabpanel" id="panel-${name}" aria-labelledby="tab-${name}" ?hidden=${name !== chosen}>${visited.has(name) || name === chosen ? html`<slot name=${name}>${panel(name)}</slot>` : nothing}</div>`)}`;
}
