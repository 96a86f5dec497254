import type { KubernetesObject } from '@kubernetes/client-node';

/** What is written on our objects. */
export const fieldManager = 'fapi-controller';

export const label = { managedBy: 'app.kubernetes.io/managed-by', role: 'fapi.dev/role', app: 'fapi.dev/app', runner: 'fapi.dev/runner' } as const;
export const ours = { [label.managedBy]: 'fapi' } as const;

/** A pod is free for a claim (`pool`, `workbench-pool`), an app's for ever, or the workbench of whoever edits one. */
export type Role = 'pool' | 'app' | 'workbench-pool' | 'workbench';

export const annotation = {
  appId: 'fapi.dev/app-id', host: 'fapi.dev/host', generation: 'fapi.dev/generation', epoch: 'fapi.dev/epoch', state: 'fapi.dev/state',
  revision: 'fapi.dev/revision', envVersion: 'fapi.dev/env-version',
  release: 'fapi.dev/release', candidate: 'fapi.dev/candidate', former: 'fapi.dev/former', granted: 'fapi.dev/granted',
  removedAt: 'fapi.dev/removed-at', usedAt: 'fapi.dev/used-at', claimedAt: 'fapi.dev/claimed-at',
} as const;

/** Of the controller that wrote on an object; 0 where none did. */
export function readEpoch({ metadata }: KubernetesObject): number {
  const epoch = Number(metadata?.annotations?.[annotation.epoch]);
  return Number.isSafeInteger(epoch) ? epoch : 0;
}

/** The readiness gate that only we open: a pod without its app is never ready. */
export const loadedGate = 'fapi.dev/app-loaded';

export const ports = { agent: 7443, app: 8080, health: 7080, egress: 8443 } as const;
