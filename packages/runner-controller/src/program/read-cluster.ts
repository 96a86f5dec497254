import { ConfigError, type Environment } from './config-error.ts';

/** Where apps run on Kubernetes. */
export interface ClusterPlace {
  /** Undefined inside a cluster. */
  readonly kubeconfig: string | undefined;
  readonly namespace: string;
}

/** Throws `ConfigError`. */
export function readCluster(environment: Environment): ClusterPlace {
  const namespace = environment['FAPI_KUBERNETES_NAMESPACE'] || 'fapi-runners';
  if (!/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(namespace)) throw new ConfigError(`FAPI_KUBERNETES_NAMESPACE is "${namespace}": set it to the name of a namespace, such as fapi-runners.`);
  const kubeconfig = environment['FAPI_KUBECONFIG'] || environment['KUBECONFIG'] || undefined;
  if (kubeconfig === undefined && !environment['KUBERNETES_SERVICE_HOST']) throw new ConfigError('FAPI_KUBECONFIG is not set, and this is no pod of a cluster: give it the path of a kubeconfig.');
  return { kubeconfig, namespace };
}
