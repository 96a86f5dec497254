// Apart from the schemas, which those who only tell of a deployment do not need.
export const deploymentStages = ['queued', 'validating', 'preparing', 'starting', 'verifying', 'live'] as const;
/** Somebody still works on it: neither live nor ended. */
export const unsettledStatuses = ['queued', 'validating', 'preparing', 'starting', 'verifying'] as const satisfies readonly (typeof deploymentStages)[number][];
/** From `starting` on the switch may have happened, and a cancel is refused. */
export const cancellableStatuses = ['queued', 'validating', 'preparing'] as const satisfies readonly (typeof unsettledStatuses)[number][];
export const deploymentEnds = ['failed', 'cancelled', 'superseded', 'stopped'] as const;
