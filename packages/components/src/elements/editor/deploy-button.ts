import { html } from 'lit';
import type { TemplateResult } from 'lit';
import { isWorking, liveInMs, stageRows, stageWord, workStages } from '../../app-status.ts';
import { formatDuration } from '../../format.ts';
import { statusShape } from '../../parts/status-pill.ts';
import type { ToolbarOptions } from './toolbar.ts';

/** The one filled button; while a deployment runs it is the stage line, then it says how fast it went live. */
export function deployButton({ snapshot, strings, locale, isFreshlyLive, readiness, onDeploy }: ToolbarOptions): TemplateResult {
  const { deployment, deploying } = snapshot;
  if (deploying || isWorking(deployment)) {
    const rows = isWorking(deployment) && deployment ? stageRows(deployment).filter(({ name }) => name !== 'queued') : [];
    const names = rows.length > 0 ? rows : workStages.map((name, index) => ({ name, state: index === 0 ? 'now' : 'todo' }));
    const now = names.find((row) => row.state === 'now')?.name;
    return html`<button type="button" class="large deploy stages" aria-disabled="true" aria-label=${strings.stageNow(now ? stageWord(now, strings) : strings.stageQueued)}>
      ${statusShape('working')}${names.map((row) => html`<span class="stage" data-state=${row.state}>${stageWord(row.name, strings)}</span>`)}
    </button>`;
  }
  const took = liveInMs(deployment);
  if (isFreshlyLive && took !== undefined) {
    const words = strings.liveIn(formatDuration(took, locale));
    return html`<button type="button" class="large deploy done number" title=${strings.deployHint} aria-label="${strings.deploy}. ${words}" @click=${onDeploy}>${statusShape('live')}${words}</button>`;
  }
  return html`<button type="button" class="primary deploy" part="deploy" title=${readiness ? `${strings.deployHint}. ${readiness.hint}` : strings.deployHint} @click=${onDeploy}>${strings.deploy}</button>`;
}
