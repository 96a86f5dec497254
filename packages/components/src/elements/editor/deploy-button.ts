import { html } from 'lit';
import type { TemplateResult } from 'lit';
import { isWorking, liveInMs, stageRows, stageWord } from '../../app-status.ts';
import { formatDuration } from '../../format.ts';
import { statusShape } from '../../parts/status-pill.ts';
import type { ToolbarOptions } from './toolbar.ts';

/** The one filled button; while a deployment runs it says its stage, then how fast it went live. Its width is the same in all of them: what stands beside it does not move. */
export function deployButton({ snapshot, strings, locale, isFreshlyLive, readiness, onDeploy }: ToolbarOptions): TemplateResult {
  const { deployment, deploying } = snapshot;
  if (deploying || isWorking(deployment)) {
    const now = deployment && isWorking(deployment) ? stageRows(deployment).find(({ state }) => state === 'now')?.name : undefined;
    const word = stageWord(now ?? 'queued', strings);
    return html`<button type="button" class="large deploy stages" aria-disabled="true" aria-label=${strings.stageNow(word)}>${statusShape('working')}${word}</button>`;
  }
  const took = liveInMs(deployment);
  if (isFreshlyLive && took !== undefined) {
    const words = strings.liveIn(formatDuration(took, locale));
    return html`<button type="button" class="large deploy done number" title=${strings.deployHint} aria-label="${strings.deploy}. ${words}" @click=${onDeploy}>${statusShape('live')}${words}</button>`;
  }
  return html`<button type="button" class="primary deploy" part="deploy" title=${readiness ? `${strings.deployHint}. ${readiness.hint}` : strings.deployHint} @click=${onDeploy}>${strings.deploy}</button>`;
}
