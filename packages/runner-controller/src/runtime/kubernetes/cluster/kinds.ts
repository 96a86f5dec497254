/** Everything that we ask the API about: the Roles of controller and gateway list just these. */
export const kinds = {
  Pod: { path: '/api/v1', plural: 'pods' },
  Secret: { path: '/api/v1', plural: 'secrets' },
  Service: { path: '/api/v1', plural: 'services' },
  ServiceAccount: { path: '/api/v1', plural: 'serviceaccounts' },
  EndpointSlice: { path: '/apis/discovery.k8s.io/v1', plural: 'endpointslices' },
  ReplicaSet: { path: '/apis/apps/v1', plural: 'replicasets' },
  NetworkPolicy: { path: '/apis/networking.k8s.io/v1', plural: 'networkpolicies' },
  PodDisruptionBudget: { path: '/apis/policy/v1', plural: 'poddisruptionbudgets' },
  Lease: { path: '/apis/coordination.k8s.io/v1', plural: 'leases' },
} as const;
export type Kind = keyof typeof kinds;
