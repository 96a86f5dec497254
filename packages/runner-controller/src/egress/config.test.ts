import { describe, expect, it } from 'vitest';
import { ConfigError, readConfig } from './config.ts';

const inCluster = { KUBERNETES_SERVICE_HOST: '10.96.0.1' };

describe('the configuration of the egress gateway', () => {
  it('knows the cluster\'s API for a place that nobody is connected to', () => {
    expect(readConfig(inCluster)).toMatchObject({ host: '0.0.0.0', port: 8_443, healthPort: 7_080, namespace: 'fapi-runners', kubeconfig: undefined, never: ['10.96.0.1'], cluster: [], ownUrls: [] });
  });

  it('takes what an operator adds', () => {
    expect(readConfig({ ...inCluster, FAPI_EGRESS_NEVER: '10.1.0.0/16, [fd00::1]:5432', FAPI_EGRESS_CLUSTER: '10.244.0.0/16', FAPI_SERVER_URL: 'http://fapi-server:8787', FAPI_NATS_URL: 'nats://a:4222,nats://b:4222' }))
      .toMatchObject({ never: ['10.1.0.0/16', '[fd00::1]:5432', '10.96.0.1'], cluster: ['10.244.0.0/16'], ownUrls: ['http://fapi-server:8787', 'nats://a:4222', 'nats://b:4222'] });
  });

  it.each([
    ['FAPI_EGRESS_PORT', '70000'], ['FAPI_EGRESS_NEVER', 'db.example'], ['FAPI_EGRESS_CLUSTER', '10.0.0.0/8:80'], ['FAPI_EGRESS_CONNECTIONS', '0'], ['FAPI_KUBERNETES_NAMESPACE', 'A B'], ['FAPI_SERVER_URL', 'server'],
  ])('names %s when it is wrong', (name, value) => {
    expect(() => readConfig({ ...inCluster, [name]: value })).toThrow(ConfigError);
    expect(() => readConfig({ ...inCluster, [name]: value })).toThrow(name);
  });

  it('needs a cluster', () => expect(() => readConfig({})).toThrow('FAPI_KUBECONFIG'));
});
