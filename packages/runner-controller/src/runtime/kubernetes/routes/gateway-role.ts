import type { V1PolicyRule } from '@kubernetes/client-node';

/** What the gateway asks of the API in the runners' namespace, and nothing else. */
export const rules: V1PolicyRule[] = [
  { apiGroups: [''], resources: ['services'], verbs: ['list', 'watch'] },
  { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['list', 'watch'] },
];
