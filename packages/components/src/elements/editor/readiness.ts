import type { DryImport } from '@fapi/sdk/contract';
import type { AppSnapshot } from '@fapi/sdk/workspace';
import { html, nothing } from 'lit';
import { isWorking } from '../../app-status.ts';
import * as icons from '../../icons.ts';
import type { Strings } from '../../strings.ts';

export interface Readiness {
  readonly state: 'prepared' | 'preparing' | 'unprepared';
  readonly word: string;
  readonly hint: string;
}

/** What a deploy of what is typed now would still have to do. Undefined where that is no question: it runs already, has errors, or nobody can say. */
export function readinessOf({ dryImport, findings, validation, deployment, deploying }: AppSnapshot, strings: Strings): Readiness | undefined {
  const { preparation, sideEffects, reason } = dryImport;
  if (preparation === undefined || deploying || isWorking(deployment)) return undefined;
  if (preparation === 'prepared') return { state: preparation, word: strings.ready, hint: strings.readyHint };
  if (preparation === 'preparing') return { state: preparation, word: strings.preparing, hint: strings.preparingHint };
  if (validation === 'unavailable' || findings.some(({ severity }) => severity === 'error')) return undefined;
  const why = reason === undefined ? strings.onDeployLater : sideEffects[0] ? effectWords(sideEffects[0], strings) : strings.onDeployFiles;
  return { state: preparation, word: strings.onDeploy, hint: strings.onDeployHint(why) };
}

function effectWords({ kind, file, line }: DryImport['sideEffects'][number], strings: Strings): string {
  const place = file === undefined || line === undefined ? '' : strings.onDeployPlace(strings.place(file, String(line)));
  return { connect: strings.onDeployConnect, bind: strings.onDeployBind, spawn: strings.onDeploySpawn, fork: strings.onDeployFork, write: strings.onDeployWrite }[kind](place);
}

/** A quiet mark beside Deploy. `settled` is read out when it changes: typing, which goes back and forth, is not. */
export function readinessMark(readiness: Readiness | undefined, settled: string): unknown {
  return html`
    ${readiness ? html`<span class="readiness" part="readiness" data-state=${readiness.state} title=${readiness.hint}>${readiness.state === 'prepared' ? icons.ready : icons.waiting}<span class="word">${readiness.word}</span></span>` : nothing}
    <span class="visually-hidden" role="status">${settled}</span>`;
}
