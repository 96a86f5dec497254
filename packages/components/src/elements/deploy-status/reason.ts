import type { DeploymentReason } from '@fapi/sdk/contract';
import type { Strings } from '../../strings.ts';

/** Says in our words why a deployment ended. */
export function describeReason(reason: DeploymentReason, strings: Strings): string {
  return {
    validation_failed: strings.reasonValidationFailed, import_failed: strings.reasonImportFailed, startup_failed: strings.reasonStartupFailed, verification_failed: strings.reasonVerificationFailed,
    rolled_back: strings.reasonRolledBack, runner_lost: strings.reasonRunnerLost, deadline_exceeded: strings.reasonDeadlineExceeded,
    superseded: strings.reasonSuperseded, cancelled: strings.reasonCancelled, app_deleted: strings.reasonAppDeleted, reverted: strings.reasonReverted, suspended: strings.reasonSuspended, bundle_unavailable: strings.reasonBundleUnavailable,
    environment_unavailable: strings.reasonEnvironmentUnavailable,
  }[reason];
}
