import { html, nothing } from 'lit';
import type { LanguageState } from '../../editor/language/types.ts';
import * as icons from '../../icons.ts';
import type { Strings } from '../../strings.ts';

/** Whether there are suggestions, quietly; why there are none, for who wonders. */
export function languageMark(state: LanguageState | undefined, strings: Strings): unknown {
  const isOff = state?.status === 'off';
  const words = isOff ? strings.languageOff(reasonWords(state.reason, strings)) : strings.languageOn;
  const isShown = isOff || state?.status === 'on' || state?.status === 'asleep';
  return html`
    ${isShown ? html`<span class="language" part="language" data-status=${state.status} title=${words}>${isOff ? icons.unplugged : icons.ready}<span class="word truncate" aria-hidden="true">${isOff ? strings.languageOffShort : strings.languageOnShort}</span></span>` : nothing}
    <span class="visually-hidden" role="status">${isShown ? words : nothing}</span>`;
}

function reasonWords(reason: string, strings: Strings): string {
  switch (reason) {
    case 'language_unavailable': case 'runner_unavailable': return strings.languageNoServer;
    case 'workbench_busy': return strings.languageBusy;
    case 'rate_limited': return strings.languageTooMany;
    case 'forbidden': return strings.languageForbidden;
    case 'body_too_large': return strings.languageTooLarge;
    case 'connection': case 'session_gap': return strings.languageConnection;
    default: return strings.languageOther;
  }
}
