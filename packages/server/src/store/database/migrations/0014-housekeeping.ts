/** What every server looks for every few seconds is found without reading whole tables. */
export const housekeeping = [
  `create index deployments_unsettled on deployments (progressed_at) where status in ('queued', 'validating', 'preparing', 'starting', 'verifying')`,
  `create index idempotency_created_at on idempotency (created_at)`,
];
