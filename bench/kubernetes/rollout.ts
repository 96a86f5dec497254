import type { V1Deployment, V1Pod } from '@kubernetes/client-node';
import { KubernetesObjectApi, PatchStrategy, type KubeConfig } from '@kubernetes/client-node';
import { ports } from '../../packages/runner-controller/src/runtime/kubernetes/objects/labels.ts';
import { defaultResources, makePodSpec } from '../../packages/runner-controller/src/runtime/kubernetes/objects/pod.ts';
import { until } from '../../packages/runner-controller/src/test-parts/until.ts';
import { visitAt } from '../../packages/runner-controller/src/test-parts/visit.ts';

const program = `
import os, uvicorn
from fastapi import FastAPI

app = FastAPI()


@app.get("/")
def read_root() -> dict[str, str]:
    return {"word": os.environ["WORD"]}


uvicorn.run(app, host=os.environ["FAPI_POD_HOST"], port=${ports.app}, log_level="error")
`;

export interface Rollout {
  /** The same app, as a Deployment of one pod: from the apply to its first new answer, and to the moment when its new pod was there. */
  deploy(word: string): Promise<{ toAnswerMs: number; toPodMs: number }>;
}

/** What everybody does who has no runners: another pod for each change. */
export function openRollout(config: KubeConfig, namespace: string, listPods: (labels: Record<string, string>) => Promise<V1Pod[]>): Rollout {
  const api = KubernetesObjectApi.makeApiClient(config);
  const labels = { app: 'peer' };
  const { securityContext, containers: [ours] } = makePodSpec('runner', { image: 'fapi-runner:test', resources: defaultResources });
  return {
    async deploy(word) {
      const deployment: V1Deployment = {
        apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'peer', namespace },
        spec: { replicas: 1, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: {
          ...(securityContext ? { securityContext } : {}), terminationGracePeriodSeconds: 1,
          containers: [{ name: 'app', image: ours!.image!, command: ['python', '-c', program], env: [{ name: 'WORD', value: word }], securityContext: ours!.securityContext!, readinessProbe: { httpGet: { path: '/', port: ports.app }, periodSeconds: 1 } }],
        } } },
      };
      const startedAt = performance.now();
      await api.patch(deployment, undefined, undefined, 'bench', true, PatchStrategy.ServerSideApply);
      const find = async (): Promise<V1Pod | undefined> => (await listPods(labels)).find((pod) => pod.spec?.containers[0]?.env?.[0]?.value === word);
      await until(find, Boolean, 60_000);
      const toPodMs = performance.now() - startedAt;
      const answers = async (): Promise<boolean> => {
        const host = (await find())?.status?.podIP;
        return host !== undefined && (await visitAt(host, ports.app, 'peer.localhost', '/')).body?.word === word;
      };
      await until(answers, Boolean, 60_000);
      return { toPodMs, toAnswerMs: performance.now() - startedAt };
    },
  };
}
