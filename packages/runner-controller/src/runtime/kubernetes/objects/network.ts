import { isIP } from 'node:net';
import type { V1NetworkPolicyEgressRule, V1NetworkPolicyPeer, V1ObjectMeta } from '@kubernetes/client-node';
import type { EgressGrant } from '@fapi/sdk/contract';
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

/** Metadata of the cloud, and what is only the node's own. */
const never = ['169.254.0.0/16', '127.0.0.0/8'];
const isNever = (host: string): boolean => /^(169\.254|127)\./.test(host);
const everywhere: V1NetworkPolicyPeer = { ipBlock: { cidr: '0.0.0.0/0', except: never } };
/** The control plane's namespace carries this label, and its pods say what they are. */
const fromControlPlane = (component: 'controller' | 'gateway'): V1NetworkPolicyPeer => ({
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
    ingress: [{ from: [fromControlPlane('controller')], ports: [tcp(ports.agent), tcp(ports.app)] }, { from: [fromControlPlane('gateway')], ports: [tcp(ports.app)] }],
  }),
];

/** What an app was granted, as far as a NetworkPolicy can say it: the agent itself is exact, also about names. Undefined when nothing was. */
export function makeGrants(appId: string, egress: readonly EgressGrant[]): NetworkPolicy | undefined {
  // Of what is no port the agent says so; the cluster would refuse the whole object.
  const grants = egress.filter(({ host, port }) => Number.isInteger(port) && port >= 1 && port <= 65_535 && !isNever(host));
  if (grants.length === 0) return undefined;
  const rules = grants.map(({ host, port }): V1NetworkPolicyEgressRule => ({ to: [toPeer(host)], ports: [tcp(port)] }));
  const isNamed = grants.some(({ host }) => isIP(host) === 0);
  const names: V1NetworkPolicyEgressRule = { to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } }, podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } } }], ports: [{ protocol: 'UDP', port: 53 }, tcp(53)] };
  return {
    apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy',
    metadata: { name: toAppName(appId), labels: { ...ours, ...selectApp(appId), [label.role]: 'app' } },
    spec: { podSelector: { matchLabels: selectApp(appId) }, policyTypes: ['Egress'], egress: isNamed ? [...rules, names] : rules },
  };
}

/** A name leads where its owner says, today here and tomorrow there. */
const toPeer = (host: string): V1NetworkPolicyPeer => (isIP(host) === 0 ? everywhere : { ipBlock: { cidr: `${host}/${isIP(host) === 6 ? 128 : 32}` } });
