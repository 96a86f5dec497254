/** The cluster cannot be used. The message is one sentence. */
export class KubernetesStartError extends Error {
  override readonly name = 'KubernetesStartError';
}
