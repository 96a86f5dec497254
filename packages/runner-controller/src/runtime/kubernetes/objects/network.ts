import type { V1NetworkPolicyEgressRule, V1NetworkPolicyPeer, V1ObjectMeta } from '@kubernetes/client-node';
import { label, ours, ports } from './labels.ts';
import { toAppName } from './names.ts';
import { selectApp } from './resources.ts';

/** As the API spells it: the client's own type calls `from` by another name. */
export interface NetworkPolicy {
  apiVersion: string;
  kind: string;
  metadata: V1ObjectMeta;
  spec: { podSelector: { matchLabels?: Record<string, string> }; policyTypes: string[]; ingress?: { from: V1NetworkPolicyPeer[]; ports: { protocol: string; port: number }[] }[]; egress?: V1NetworkPolicyEgressRule[] };
}

/** The control plane's namespace carries this label, and its pods say what they are. */
const ofControlPlane = (component: 'controller' | 'gateway' | 'egress'): V1NetworkPolicyPeer => ({
  namespaceSelector: { matchLabels: { 'fapi.dev/control-plane': 'true' } },
  podSelector: { matchLabels: { 'app.kubernetes.io/component': component } },
});
const tcp = (port: number) => ({ protocol: 'TCP', port });

const inNamespace = (name: string, spec: NetworkPolicy['spec']): NetworkPolicy => ({ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name, labels: ours }, spec });

/** For every pod of the namespace: nothing comes in and nothing goes out, but for the controller to agents and the gateway to apps. */
export const makeGround = (): NetworkPolicy[] => [
  inNamespace('fapi-default-deny', { podSelector: {}, policyTypes: ['Ingress', 'Egress'] }),
  inNamespace('fapi-control-plane', {
    podSelector: { matchLabels: ours },
    policyTypes: ['Ingress'],
    ingress: [{ from: [ofControlPlane('controller')], ports: [tcp(ports.agent), tcp(ports.app)] }, { from: [ofControlPlane('gateway')], ports: [tcp(ports.app)] }],
  }),
];

/** The one way out of the pods of an app that was granted something: where it leads the egress gateway says, connection by connection. They ask no name server either. */
export const makeWayOut = (appId: string): NetworkPolicy => ({
  apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy',
  metadata: { name: toAppName(appId), labels: { ...ours, ...selectApp(appId), [label.role]: 'app' } },
  spec: { podSelector: { matchLabels: selectApp(appId) }, policyTypes: ['Egress'], egress: [{ to: [ofControlPlane('egress')], ports: [tcp(ports.egress)] }] },
});
