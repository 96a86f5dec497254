import type { V1PolicyRule } from '@kubernetes/client-node';
import { egressSecretName } from '../objects/pod.ts';

/** What the egress gateway asks of the API in the runners' namespace, and nothing else. */
export const rules: V1PolicyRule[] = [
  { apiGroups: [''], resources: ['pods'], verbs: ['list', 'watch'] },
  { apiGroups: ['apps'], resources: ['replicasets'], verbs: ['list', 'watch'] },
  { apiGroups: [''], resources: ['secrets'], resourceNames: [egressSecretName], verbs: ['get'] },
];
