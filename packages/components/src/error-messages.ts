import { isApiError, isTokenError } from '@fapi/sdk';
import type { ApiError } from '@fapi/sdk';
import { limits } from '@fapi/sdk/contract';
import type { ErrorCode } from '@fapi/sdk/contract';
import { addEnglish } from './catalogues.ts';
import { formatMegabytes, formatNumber } from './format.ts';
import type { Strings } from './strings.ts';
import { errorEnglish } from './strings/errors.ts';

addEnglish(errorEnglish);

export interface ErrorDescription {
  readonly title: string;
  readonly text: string;
  readonly code: ErrorCode | undefined;
  /** To pass on to whoever runs the server. */
  readonly requestId: string | undefined;
}

/** Says in our words, never in the server's, what went wrong and what to do. */
export function describeError(error: unknown, strings: Strings, locale: string): ErrorDescription {
  const { code, requestId } = isApiError(error) ? (error as ApiError) : { code: undefined, requestId: undefined };
  const [title, text] = (code && wordsOf(code, error, strings, locale)) ?? wordsWithoutCode(error, strings);
  return { title, text, code, requestId };
}

type Words = readonly [title: string, text: string];

/** How much was used of what may be, where the server has counted. */
function draftTooLarge(error: unknown, strings: Strings, locale: string): Words | undefined {
  const texts = (isApiError(error) ? (error as ApiError).issues : []).flatMap(({ used, limit }) => {
    const word = limit === limits.files ? strings.errorTooManyFiles : limit === limits.draftBytes ? strings.errorTooManyBytes : undefined;
    return word && used !== undefined && limit !== undefined ? [word(formatNumber(used, locale), formatNumber(limit, locale))] : [];
  });
  return texts.length === 0 ? undefined : [strings.errorTooLargeTitle, texts.join(' ')];
}

function wordsOf(code: ErrorCode, error: unknown, strings: Strings, locale: string): Words | undefined {
  const tooLarge = (): Words => [strings.errorTooLargeTitle, strings.errorTooLargeText(formatNumber(limits.files, locale), formatMegabytes(limits.draftBytes, locale))];
  const byCode: Partial<Record<ErrorCode, Words>> = {
    unauthorized: [strings.errorSignedOutTitle, strings.errorUnauthorizedText],
    token_expired: [strings.errorSignedOutTitle, strings.errorTokenExpiredText],
    forbidden: [strings.errorForbiddenTitle, strings.errorForbiddenText],
    origin_not_allowed: [strings.errorOriginTitle, strings.errorOriginText(location.origin)],
    app_not_found: [strings.errorNoAppTitle, strings.errorNoAppText],
    deployment_not_found: [strings.errorNoDeploymentTitle, strings.errorNoDeploymentText],
    already_live: [strings.errorAlreadyLiveTitle, strings.errorAlreadyLiveText],
    already_settled: [strings.errorAlreadySettledTitle, strings.errorAlreadySettledText],
    draft_conflict: [strings.errorConflictTitle, strings.errorConflictText],
    environment_conflict: [strings.errorEnvironmentConflictTitle, strings.errorEnvironmentConflictText],
    environment_invalid: [strings.errorEnvironmentInvalidTitle, strings.errorEnvironmentInvalidText],
    environment_unreadable: [strings.errorEnvironmentUnreadableTitle, strings.errorEnvironmentUnreadableText],
    revision_not_found: [strings.errorNoRevisionTitle, strings.errorNoRevisionText],
    not_live: [strings.errorNotLiveTitle, strings.errorNotLiveText],
    draft_invalid: [strings.errorInvalidTitle, strings.errorInvalidText],
    draft_too_large: draftTooLarge(error, strings, locale) ?? tooLarge(),
    body_too_large: tooLarge(),
    rate_limited: [strings.errorTooManyTitle, strings.errorTooManyText],
    workbench_busy: [strings.errorWorkbenchBusyTitle, strings.errorWorkbenchBusyText],
    runner_unavailable: [strings.errorNoRunnerTitle, strings.errorNoRunnerText],
    app_unavailable: [strings.errorAppUnavailableTitle, strings.errorAppUnavailableText],
    app_timeout: [strings.errorAppTimeoutTitle, strings.errorAppTimeoutText],
    app_answer_invalid: [strings.errorAppAnswerTitle, strings.errorAppAnswerText],
    gateway_unavailable: [strings.errorGatewayTitle, strings.errorGatewayText],
    not_ready: [strings.errorNotReadyTitle, strings.errorNotReadyText],
    client_too_old: [strings.errorTooOldTitle, strings.errorTooOldText],
    storage_full: [strings.errorStorageFullTitle, strings.errorStorageFullText],
    app_suspended: [strings.errorSuspendedTitle, strings.errorSuspendedText],
    workspace_suspended: [strings.errorSuspendedTitle, strings.errorSuspendedText],
    no_last_good: [strings.errorNoFormerTitle, strings.errorNoFormerText],
    quota_exceeded: [strings.errorQuotaTitle, strings.errorQuotaText],
    internal: [strings.errorInternalTitle, strings.errorInternalText],
  };
  return byCode[code];
}

function wordsWithoutCode(error: unknown, strings: Strings): Words {
  if (isTokenError(error) && error.status === 503) return [strings.errorNoTokenYetTitle, strings.errorNoTokenYetText];
  if (isTokenError(error)) return [strings.errorNoTokenTitle, strings.errorNoTokenText];
  const { name, status = 0 } = (error ?? {}) as { name?: string; status?: number };
  // A proxy that has a page of its own for a server that is away has not reached it either.
  const isConnection = name === 'ConnectionError' || name === 'TimeoutError' || (name === 'ContractError' && status >= 500);
  return isConnection ? [strings.errorUnreachableTitle, strings.errorUnreachableText] : [strings.errorUnknownTitle, strings.errorUnknownText];
}
