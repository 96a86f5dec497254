import { isApiError } from '@fapi/sdk';
import type { ApiError } from '@fapi/sdk';
import type { DeploymentReason, ErrorCode } from '@fapi/sdk/contract';

export interface ErrorWords { readonly title: string; readonly text: string }

/** What each code means to a builder, and what to do. Prose is ours: a server string is never shown. */
const byCode: Partial<Record<ErrorCode, ErrorWords>> = {
  unauthorized: { title: 'Signed out', text: 'Reload the page to sign in again. Unsaved changes stay here until you do.' },
  token_expired: { title: 'Signed out', text: 'The session ended. Reload the page to sign in again.' },
  forbidden: { title: 'No permission', text: 'Your role in this portal does not allow this. Whoever runs the portal can change it.' },
  origin_not_allowed: { title: 'This page is not on the list', text: 'Add the origin of this page to the workspace, then reload.' },
  app_not_found: { title: 'No such app', text: 'It was deleted, or it belongs to somebody else. Choose another app.' },
  deployment_not_found: { title: 'No such deploy', text: 'It is not kept any more. Deploy again.' },
  already_live: { title: 'Already live', text: 'The deploy was live before it could be cancelled.' },
  already_settled: { title: 'Already ended', text: 'The deploy ended before it could be cancelled.' },
  draft_conflict: { title: 'Somebody else saved this draft', text: 'Choose which version to keep. Nothing of yours is lost.' },
  draft_invalid: { title: 'A file breaks a rule', text: 'Check the names: letters, digits, _ . and -, with / between folders.' },
  draft_too_large: { title: 'The draft is too large', text: 'Remove files or shorten them: 200 files and 5 MB are the limit.' },
  body_too_large: { title: 'The draft is too large', text: 'Remove files or shorten them: 200 files and 5 MB are the limit.' },
  rate_limited: { title: 'Too many requests', text: 'Wait a moment, then try again.' },
  runner_unavailable: { title: 'No runner answered', text: 'Your draft is safe. Try again in a moment.' },
  not_ready: { title: 'The server is starting', text: 'Try again in a moment.' },
  internal: { title: 'Something broke on our side', text: 'Your draft is safe in this page. Try again; if it stays, pass on the request id.' },
};

const unreachable: ErrorWords = { title: 'The server cannot be reached', text: 'Check the connection. Your changes stay in this page.' };
const unknown: ErrorWords = { title: 'This did not work', text: 'Try again; if it stays, pass on the request id.' };

export interface ErrorDescription extends ErrorWords {
  readonly code: ErrorCode | undefined;
  /** To pass on to whoever runs the server. */
  readonly requestId: string | undefined;
}

/** Says in our words what went wrong. */
export function describeError(error: unknown): ErrorDescription {
  // The store has no error for an app that was deleted while it was shown.
  if (error === undefined) return { ...(byCode.app_not_found ?? unknown), code: 'app_not_found', requestId: undefined };
  if (!isApiError(error)) return { ...(isConnectionError(error) ? unreachable : unknown), code: undefined, requestId: undefined };
  const { code, requestId } = error as ApiError;
  return { ...(byCode[code] ?? unknown), code, requestId };
}

function isConnectionError(error: unknown): boolean {
  return error instanceof Error && (error.name === 'ConnectionError' || error.name === 'TimeoutError');
}

const byReason: Record<DeploymentReason, string> = {
  validation_failed: 'The draft has errors. Fix them and deploy again.',
  import_failed: 'The app could not be imported.',
  startup_failed: 'The app was imported but did not start.',
  verification_failed: 'The new version did not answer on its public path, so it was taken back.',
  rolled_back: 'The new version failed soon after going live, so it was taken back.',
  crashed: 'The app crashed.',
  runner_lost: 'The runner was lost while deploying. Deploy again.',
  deadline_exceeded: 'The deploy took too long and was ended.',
  superseded: 'A newer deploy took its place.',
  cancelled: 'Somebody cancelled it.',
  app_deleted: 'The app was deleted.',
  bundle_unavailable: 'The frozen files could not be fetched. Deploy again.',
};

/** Says in our words why a deployment ended. */
export function describeReason(reason: DeploymentReason | undefined): string | undefined {
  return reason && byReason[reason];
}
