import { isApiError, isTokenError } from '@fapi/sdk';
import type { AppSnapshot } from '@fapi/sdk/workspace';
import { nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { awayBar, errorBar } from '../../parts/notice.ts';
import type { Strings } from '../../strings.ts';

/** Why lines may be missing that were printed: who asks is not let in, or nobody answers. Nothing while all is well, and before anything was asked. */
export function trouble({ connection, output }: Pick<AppSnapshot, 'connection' | 'output'>, app: { readonly isBesideEditor: boolean }, error: unknown, strings: Strings, locale: string): TemplateResult | typeof nothing {
  const refusal = [error, output.error].find((one) => isApiError(one) || isTokenError(one));
  if (refusal !== undefined && error !== undefined) return errorBar(refusal, strings, locale);
  if (connection === 'connecting' || connection === 'live') return error === undefined ? nothing : errorBar(error, strings, locale);
  if (connection === 'reconnecting' && app.isBesideEditor) return nothing;
  const text = globalThis.navigator?.onLine === false ? strings.logsOffline : connection === 'polling' ? strings.logsPolling : strings.logsReconnecting;
  return awayBar(text);
}
