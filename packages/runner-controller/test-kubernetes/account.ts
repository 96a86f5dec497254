import { CoreV1Api, RbacAuthorizationV1Api, type V1PolicyRule } from '@kubernetes/client-node';
import { loadKubeConfig } from '../src/runtime/kubernetes/cluster/cluster.ts';
import type { KubernetesHouse } from './house.ts';

/** Makes a service account that may do what the rules allow and nothing else; answers the path of its kubeconfig. Only in a cluster of our own. */
export async function makeAccount({ namespace, testCluster }: KubernetesHouse, name: string, rules: V1PolicyRule[]): Promise<string> {
  const admin = loadKubeConfig(testCluster.kubeconfigPath);
  const [core, rbac] = [admin.makeApiClient(CoreV1Api), admin.makeApiClient(RbacAuthorizationV1Api)];
  const metadata = { name };
  await core.createNamespacedServiceAccount({ namespace, body: { metadata } });
  await rbac.createNamespacedRole({ namespace, body: { metadata, rules } });
  await rbac.createNamespacedRoleBinding({ namespace, body: { metadata, roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name }, subjects: [{ kind: 'ServiceAccount', name, namespace }] } });
  const { status } = await core.createNamespacedServiceAccountToken({ namespace, name, body: { spec: { audiences: [] } } as never });
  return testCluster.own!.kubeconfigOf(status!.token!);
}
