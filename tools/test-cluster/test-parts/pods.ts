import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import type { V1PodTemplateSpec, V1ReplicaSet, V1Service } from '@kubernetes/client-node';

const program = readFileSync(new URL('web.py', import.meta.url), 'utf8');

/** A pod of the contract's shape, fit for the level "restricted", that runs web.py. */
export const makeTemplate = (app: string, env: Record<string, string> = {}, gates: readonly string[] = []): V1PodTemplateSpec => ({
  metadata: { labels: { app } },
  spec: {
    automountServiceAccountToken: false,
    terminationGracePeriodSeconds: 5,
    readinessGates: gates.map((conditionType) => ({ conditionType })),
    securityContext: { runAsNonRoot: true, runAsUser: 10_001, seccompProfile: { type: 'RuntimeDefault' } },
    volumes: [{ name: 'state', emptyDir: {} }, { name: 'tls', secret: { secretName: 'tls', optional: true } }],
    containers: [{
      name: 'runner',
      image: 'fapi/runner:test',
      command: ['python', '-c', program],
      env: [
        { name: 'FAPI_POD_AGENT_PORT', value: '7443' }, { name: 'FAPI_POD_APP_PORT', value: '8080' }, { name: 'FAPI_POD_HEALTH_PORT', value: '7080' },
        { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
        ...Object.entries(env).map(([name, value]) => ({ name, value })),
      ],
      ports: [{ name: 'agent', containerPort: 7443 }, { name: 'app', containerPort: 8080 }, { name: 'health', containerPort: 7080 }],
      readinessProbe: { httpGet: { path: '/readyz', port: 'health' }, periodSeconds: 1, failureThreshold: 1 },
      livenessProbe: { httpGet: { path: '/livez', port: 'health' }, periodSeconds: 1 },
      securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
      volumeMounts: [{ name: 'state', mountPath: '/var/run/fapi/state' }, { name: 'tls', mountPath: '/var/run/fapi/tls', readOnly: true }],
    }],
  },
});

export const makeReplicaSet = (name: string, replicas: number, template = makeTemplate(name)): V1ReplicaSet => ({
  metadata: { name }, spec: { replicas, selector: { matchLabels: { app: name } }, template },
});

export const makeService = (name: string): V1Service => ({ metadata: { name }, spec: { selector: { app: name }, ports: [{ name: 'http', port: 80, targetPort: 'app' }] } });

export interface Told { pid: number; pod: string; lives: number; tls: string[] }

/** A fresh connection to one address. */
export function ask(host: string, port: number, path = '/'): Promise<Told> {
  return new Promise((resolve, reject) => {
    request({ host, port, path, agent: false }, (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => (body += chunk.toString()));
      response.on('end', () => resolve(JSON.parse(body) as Told));
    }).on('error', reject).end();
  });
}
