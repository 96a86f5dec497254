import { describe, expect, it } from 'vitest';
import { ConfigError } from '../program/config-error.ts';
import { readConfig } from './config.ts';

const inCluster = { KUBERNETES_SERVICE_HOST: '10.96.0.1', FAPI_EGRESS_CLUSTER: '10.244.0.0/16,10.96.0.0/16', FAPI_EGRESS_NATS_URL: 'nats://nats:4222' };
const own = ['10.244.1.9'];

describe('the configuration of the egress gateway', () => {
  it('knows the cluster\'s API for a place that nobody is connected to', () => {
    expect(readConfig(inCluster, own)).toMatchObject({ host: '0.0.0.0', port: 8_443, healthPort: 7_080, namespace: 'fapi-runners', kubeconfig: undefined, never: ['10.96.0.1'], cluster: ['10.244.0.0/16', '10.96.0.0/16'], ownUrls: ['nats://nats:4222'] });
  });

  it('takes what an operator adds', () => {
    expect(readConfig({ ...inCluster, FAPI_EGRESS_NEVER: '10.1.0.0/16, [fd00::1]:5432', FAPI_EGRESS_CLUSTER: '10.0.0.0/8', FAPI_SERVER_URL: 'http://fapi-server:8787', FAPI_EGRESS_NATS_URL: 'nats://a:4222,nats://b:4222' }, own))
      .toMatchObject({ never: ['10.1.0.0/16', '[fd00::1]:5432', '10.96.0.1'], cluster: ['10.0.0.0/8'], ownUrls: ['http://fapi-server:8787', 'nats://a:4222', 'nats://b:4222'] });
  });

  it.each([
    ['FAPI_EGRESS_PORT', '70000'], ['FAPI_EGRESS_NEVER', 'db.example'], ['FAPI_EGRESS_CLUSTER', '10.0.0.0/8:80'], ['FAPI_EGRESS_CONNECTIONS', '0'], ['FAPI_KUBERNETES_NAMESPACE', 'A B'], ['FAPI_SERVER_URL', 'server'],
  ])('names %s when it is wrong', (name, value) => {
    expect(() => readConfig({ ...inCluster, [name]: value }, own)).toThrow(ConfigError);
    expect(() => readConfig({ ...inCluster, [name]: value }, own)).toThrow(name);
  });

  it.each([
    ['', 'FAPI_EGRESS_CLUSTER is not set: set it in your overlay to the networks of your cluster\'s pods, Services and nodes'],
    ['SET-ME', 'FAPI_EGRESS_CLUSTER is wrong: "SET-ME" is no address and no network such as 10.0.0.0/8. Set it in your overlay.'],
    ['10.244.0.0/16', 'FAPI_EGRESS_CLUSTER does not hold 10.96.0.1, the address of the API of this cluster: set it'],
    ['10.42.0.0/16,10.96.0.0/16', 'FAPI_EGRESS_CLUSTER does not hold 10.244.1.9, the address of this pod: set it'],
  ])('does not take "%s" for the networks of the cluster that it is in', (text, sentence) => {
    expect(() => readConfig({ ...inCluster, FAPI_EGRESS_CLUSTER: text }, own)).toThrow(sentence);
    // Outside of one there is nothing to compare it with.
    if (text !== 'SET-ME') expect(readConfig({ FAPI_KUBECONFIG: '/none', FAPI_EGRESS_CLUSTER: text }, own).kubeconfig).toBe('/none');
  });

  it.each([
    ['', 'FAPI_EGRESS_NATS_URL is not set: '],
    ['SET-ME', 'FAPI_EGRESS_NATS_URL is wrong: "SET-ME" is no address such as nats://nats:4222'],
    ['nats://fapi:secret@nats:4222', 'FAPI_EGRESS_NATS_URL holds a user, a password or a token: '],
    ['nats://nats:4222,nats://token@other:4222', 'FAPI_EGRESS_NATS_URL holds a user, a password or a token: '],
  ])('does not take "%s" for the place of the bus, and repeats no secret', (text, sentence) => {
    const read = (): unknown => readConfig({ ...inCluster, FAPI_EGRESS_NATS_URL: text }, own);
    expect(read).toThrow(sentence);
    expect(read).not.toThrow(/secret|token@/);
  });

  it('takes none at its word', () => expect(readConfig({ ...inCluster, FAPI_EGRESS_CLUSTER: 'none' }, own).cluster).toEqual([]));

  it('needs a cluster', () => expect(() => readConfig({})).toThrow('FAPI_KUBECONFIG'));
});
