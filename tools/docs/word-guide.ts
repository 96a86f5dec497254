import type { Deployment, DeploymentReason, DeploymentStatus, FailureReport, Finding, Freshness, Health, LogLine, Rollout } from '@fapi/sdk/contract';

/** What each word of the API means. A word without a line here does not compile. */
type Guide<T extends string> = Record<T, string>;

export const freshnessGuide: Guide<Freshness> = {
  never_deployed: 'nothing of it is live, in most cases because nothing was deployed yet',
  up_to_date: 'what a deployment of the draft would bring is live',
  not_deployed: 'draft, environment or settings differ from what is live; `changes` says which',
};

export const rolloutGuide: Guide<Rollout> = {
  idle: 'nothing is under way, and the newest deployment did not fail',
  working: 'the newest deployment is on its way',
  failed: 'the newest deployment failed; what was live before still serves',
};

export const healthGuide: Guide<Health> = {
  running: 'it answers. `trouble` and `isCrashLooping` say what is wrong with it all the same',
  asleep: 'nobody has asked for a while; the next request wakes it',
  crashed: 'its process has ended and is started again, ever more slowly; `crash` says how it ended',
  stopped: 'it was stopped, by the operator for instance (`suspended`), and serves nothing',
  unknown: 'nothing is live, or the runner has not said anything yet',
};

export const statusGuide: Guide<DeploymentStatus> = {
  queued: 'written down; no runner has begun',
  validating: 'the files are checked',
  preparing: 'the code is imported in a process of its own',
  starting: 'the app runs its startup, then takes over the address',
  verifying: 'the address is asked, and must be answered by this revision',
  live: 'it serves',
  failed: '`reason`, `message`, `failure` and `findings` say why. What was live before serves',
  cancelled: 'somebody cancelled it before it took over',
  superseded: 'a newer deployment took its place before it was live',
  stopped: 'it was live, and something else is now, or nothing',
};

export const reasonGuide: Guide<DeploymentReason> = {
  validation_failed: 'the files have errors: see `findings`',
  import_failed: 'the code raised while it was imported, or did not end: see `failure`',
  startup_failed: 'the app raised while it was starting, or did not become ready: see `failure`',
  verification_failed: 'it started, and its address was not answered by it in time; what was live before was brought back',
  rolled_back: 'it was live, then crashed, stalled or answered too many 5xx; what was live before was brought back',
  runner_lost: 'no runner could be reached: ask the operator, then deploy again',
  deadline_exceeded: 'a stage took too long',
  superseded: 'a newer deployment took its place',
  cancelled: 'somebody cancelled it',
  app_deleted: 'the app was deleted meanwhile',
  bundle_unavailable: 'the runner could not fetch the code from the server, or its disk has no room for it: `message` says which; ask the operator, then deploy again',
  environment_unavailable: 'the runner could not fetch the variables and secrets: ask the operator, then deploy again',
  reverted: 'somebody went back to an earlier revision',
  suspended: 'the operator suspended the app or its workspace',
};

export const failureGuide: Guide<FailureReport['class']> = {
  syntax: 'the file is no Python',
  import: 'the code raised while it was imported',
  entrypoint: 'main.py has no app, or runs a server itself',
  startup: 'the lifespan of the app raised',
  crashed: 'the process ended by itself: an exit, a segmentation fault',
  timeout: 'it did not end in the time that it had',
  memory: 'it took more memory than it may',
  killed: 'a signal from outside ended it',
  stalled: 'its event loop was blocked',
  exhausted: 'it ran out of files, threads or room in its folder',
};

export const triggerGuide: Guide<Deployment['trigger']> = {
  deploy: 'a deploy of the draft, or of a newer revision', revert: 'a way back to an earlier revision', retry: 'the same once more', rollback: 'the way back that the runner or the server took by itself',
  environment: 'the newest variables and secrets, with the code that is live', egress: 'a new grant of where it may connect to', limits: 'other limits of how much of the machine it may have', restore: 'the app was deleted and is back', resume: 'the app was suspended and is back',
};

export const severityGuide: Guide<Finding['severity']> = {
  error: 'nothing is deployed until it is corrected', warning: 'it is likely to go wrong', info: 'good to know', hint: 'a matter of taste',
};

export const streamGuide: Guide<LogLine['stream']> = { stdout: 'what it prints, and what `print` writes', stderr: 'its errors and tracebacks, and what `logging` writes unless told otherwise', system: 'what the runner says about it: started, crashed, asleep' };
