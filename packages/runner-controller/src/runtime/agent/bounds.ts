/** Of an import, and of a startup: an agent is told it with each release. */
export const releaseDeadlineMs = 10_000;

/** What an agent allows each step of a switch, in seconds: its own constants (runner/fapi_runner/agent). It ends whatever takes longer by itself. */
export const agentBoundsS = { TAKE_LIMIT_S: 10, ANSWER_S: 5, PROBE_S: 5, DRAIN_S: 30, LEAVE_GRACE_S: 15, GATEWAY_ACK_S: 1 } as const;

const { TAKE_LIMIT_S: take, ANSWER_S: answer, PROBE_S: probe, DRAIN_S: drain, LEAVE_GRACE_S: leave, GATEWAY_ACK_S: routed } = agentBoundsS;
/** A child from the fork to the end of its import; then until it accepts. */
const [make, start] = [take + releaseDeadlineMs / 1_000, releaseDeadlineMs / 1_000 + probe + answer];
/** Before an exclusive one starts the former has gone: it accepts no more, its guests leave, then it shuts down. */
const clear = answer + drain + answer + leave;

/**
 * The longest that an agent is busy with one switch: the new child is made anew when it has read what was the former's, and when it fails, the former is made again before that is told.
 * One without the way of an exclusive app takes a third of it: so it holds for one pod after the other too.
 */
const switchMs = (make + clear + start + routed + (make + start)) * 1_000;

/** Whoever gives up sooner says that a deployment has failed which the agent then makes live. */
export const activateTimeoutMs = switchMs + 5_000;
export const startingLimitMs = activateTimeoutMs + 5_000;
