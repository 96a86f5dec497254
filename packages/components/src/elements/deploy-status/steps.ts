import type { Deployment } from '@fapi/sdk/contract';
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { noteWord, stageRows, stageWord } from '../../app-status.ts';
import type { StageState, StatusShape } from '../../app-status.ts';
import { formatDuration } from '../../format.ts';
import { statusShape } from '../../parts/status-pill.ts';
import type { Strings } from '../../strings.ts';

const stageShapes: Record<StageState, StatusShape> = { done: 'live', now: 'working', failed: 'failed', todo: 'idle' };

/** The stages of a deployment, each with how long it took; the one that runs with its seconds so far, of `now` in epoch milliseconds. */
export function steps(deployment: Deployment, strings: Strings, locale: string, now: number): TemplateResult {
  // A clock that is far off tells nothing.
  const since = deployment.stages.at(-1)?.startedAt ?? deployment.createdAt;
  const seconds = Math.floor((now - Date.parse(since)) / 1_000);
  return html`
    <ol class="steps" part="steps">${stageRows(deployment).map((row) => html`
      <li part="step" data-state=${row.state} data-status=${stageShapes[row.state]} aria-current=${row.state === 'now' ? 'step' : nothing}>
        ${statusShape(stageShapes[row.state])}<span class="word">${stageWord(row.name, strings)}</span>
        <span class="number secondary">${row.durationMs !== undefined ? formatDuration(row.durationMs, locale) : row.state === 'now' && seconds > 0 && seconds < 3_600 ? formatDuration(seconds * 1_000, locale) : nothing}</span>
        ${row.note === undefined ? nothing : html`<span class="note secondary">${noteWord(row.note, strings)}</span>`}
      </li>`)}</ol>`;
}
