import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { isWorking, liveInMs, stageRows, stageWord } from '../../app-status.ts';
import { formatDuration } from '../../format.ts';
import { statusShape } from '../../parts/status-pill.ts';
import type { ToolbarOptions } from './toolbar.ts';

/** The one filled button; while a deployment runs it says its stage, then how fast it went live. Its width is the same in all of them: what stands beside it does not move. It is one element in all of them, too: it keeps the focus. */
export function deployButton(options: ToolbarOptions): TemplateResult {
  const { look, isDeploy, title, label, content, onClick } = faceOf(options);
  // Where a click gives buttons no focus, it gives it to what has a tabindex.
  return html`<button type="button" tabindex="0" class="${look} deploy" part=${isDeploy ? 'deploy' : nothing} title=${title ?? nothing} aria-label=${label ?? nothing} aria-disabled=${onClick ? nothing : 'true'} @click=${onClick}>${content}</button>`;
}

interface Face { readonly look: string; readonly isDeploy?: true; readonly title?: string; readonly label?: string; readonly content: unknown; readonly onClick?: () => void }

function faceOf({ snapshot, strings, locale, isFreshlyLive, readiness, onDeploy }: ToolbarOptions): Face {
  const { deployment, deploying } = snapshot;
  if (deploying || isWorking(deployment)) {
    const now = deployment && isWorking(deployment) ? stageRows(deployment).find(({ state }) => state === 'now')?.name : undefined;
    const word = stageWord(now ?? 'queued', strings);
    return { look: 'large stages', label: strings.stageNow(word), content: html`${statusShape('working')}${word}` };
  }
  const took = liveInMs(deployment);
  if (isFreshlyLive && took !== undefined) {
    const words = strings.liveIn(formatDuration(took, locale));
    return { look: 'large done number', title: strings.deployHint, label: `${strings.deploy}. ${words}`, content: html`${statusShape('live')}${words}`, onClick: onDeploy };
  }
  return { look: 'primary', isDeploy: true, title: readiness ? `${strings.deployHint}. ${readiness.hint}` : strings.deployHint, content: strings.deploy, onClick: onDeploy };
}
