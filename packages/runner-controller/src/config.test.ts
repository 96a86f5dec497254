import { describe, expect, it } from 'vitest';
import { dataDirLimitBytes, readConfig } from './config.ts';
import { ConfigError } from './program/config-error.ts';

const common = { FAPI_NATS_URL: 'nats://nats:4222', FAPI_SERVER_URL: 'http://server:8787', FAPI_CONTROLLER_KEY: 'key' };
const processes = { ...common, FAPI_DATA_DIR: '/data', FAPI_PYTHON: 'python' };
const cluster = { ...common, FAPI_RUNTIME: 'kubernetes', FAPI_RUNNER_IMAGE: 'registry.example/fapi-runner:1', KUBERNETES_SERVICE_HOST: '10.0.0.1' };

describe('the configuration of the controller', () => {
  it('is of local processes unless it says otherwise', () => {
    expect(readConfig(processes).runtime).toMatchObject({ kind: 'process', dataDir: '/data', keepRunners: true, gateway: { port: 8788 } });
  });

  it.each([
    [{ FAPI_KEEP_RUNNERS: 'no' }, 'FAPI_KEEP_RUNNERS is "no": set it to 1 or 0.'],
    [{ FAPI_DATA_DIR: `/${'x'.repeat(dataDirLimitBytes)}` }, `choose a folder whose path has at most ${dataDirLimitBytes} bytes.`],
    [{ FAPI_LOG_LEVEL: 'loud' }, 'FAPI_LOG_LEVEL is "loud"'],
  ])('names what is wrong for local processes: %j', (wrong, words) => {
    const read = () => readConfig({ ...processes, ...wrong });
    expect(read).toThrow(ConfigError);
    expect(read).toThrow(words);
  });

  it('leaves what runs to the next one unless it is told not to', () => {
    for (const [given, isKept] of [['0', false], ['1', true], ['', true]]) expect(readConfig({ ...processes, FAPI_KEEP_RUNNERS: given as string }).runtime).toMatchObject({ keepRunners: isKept });
  });

  it('hands the gateway what is meant for it, and nothing else of ours', () => {
    const told = { FAPI_GATEWAY_HOLD_MS: '500', FAPI_TRUSTED_PROXIES: '10.0.0.0/8' };
    expect(readConfig({ ...processes, ...told, FAPI_GATEWAY_UNKNOWN: '1' }).runtime).toMatchObject({ gateway: { environment: told } });
    expect(Object.keys((readConfig({ ...processes, ...told }).runtime as { gateway: { environment: object } }).gateway.environment)).toEqual(Object.keys(told));
  });

  it('is of a cluster with a few free pods', () => {
    expect(readConfig(cluster).runtime).toEqual({ kind: 'kubernetes', kubeconfig: undefined, namespace: 'fapi-runners', image: 'registry.example/fapi-runner:1', pool: { min: 2, max: 10 }, workbenches: 1, replicas: 1, gateway: undefined, egress: undefined });
    expect(readConfig({ ...cluster, FAPI_KUBERNETES_NAMESPACE: 'tier-one', FAPI_KUBERNETES_POOL_MIN: '20', FAPI_KUBERNETES_REPLICAS: '2', FAPI_KUBECONFIG: '/home/me/config' }).runtime).toMatchObject({ namespace: 'tier-one', pool: { min: 20, max: 20 }, replicas: 2, kubeconfig: '/home/me/config' });
  });

  it('knows where the egress gateway is', () => {
    expect(readConfig({ ...cluster, FAPI_EGRESS_ADDRESS: 'fapi-egress:8443' }).runtime).toMatchObject({ egress: { host: 'fapi-egress', port: 8443 } });
    expect(readConfig({ ...cluster, FAPI_EGRESS_ADDRESS: '[fd00::7]:8443' }).runtime).toMatchObject({ egress: { host: 'fd00::7', port: 8443 } });
    for (const wrong of ['fapi-egress', 'http://fapi-egress:8443', 'fapi-egress:0x1', ':8443', 'a:1/b']) expect(() => readConfig({ ...cluster, FAPI_EGRESS_ADDRESS: wrong }), wrong).toThrow(/FAPI_EGRESS_ADDRESS/);
  });

  it('knows under which name an app is asked for through the gateway', () => {
    expect(readConfig({ ...cluster, FAPI_GATEWAY_URL: 'http://fapi-gateway.fapi:8788' }).runtime).toMatchObject({ gateway: { url: 'http://fapi-gateway.fapi:8788', suffix: 'fapi-gateway.fapi' } });
    expect(readConfig({ ...cluster, FAPI_GATEWAY_URL: 'http://10.0.0.2', FAPI_GATEWAY_SUFFIXES: 'apps.example,localhost' }).runtime).toMatchObject({ gateway: { suffix: 'apps.example' } });
  });

  it.each([
    [{ FAPI_RUNTIME: 'docker' }, 'FAPI_RUNTIME'],
    [{ FAPI_HEALTH_PORT: '0' }, 'FAPI_HEALTH_PORT'],
    [{ FAPI_HEALTH_PORT: 'yes' }, 'FAPI_HEALTH_PORT'],
    [{ FAPI_RUNNER_IMAGE: '' }, 'FAPI_RUNNER_IMAGE'],
    [{ FAPI_KUBERNETES_NAMESPACE: 'Not_A_Name' }, 'FAPI_KUBERNETES_NAMESPACE'],
    [{ FAPI_KUBERNETES_POOL_MIN: '-1' }, 'FAPI_KUBERNETES_POOL_MIN'],
    [{ FAPI_KUBERNETES_POOL_MIN: '5', FAPI_KUBERNETES_POOL_MAX: '4' }, 'FAPI_KUBERNETES_POOL_MAX'],
    [{ FAPI_KUBERNETES_REPLICAS: '1.5' }, 'FAPI_KUBERNETES_REPLICAS'],
    [{ FAPI_KUBERNETES_REPLICAS: '0' }, 'FAPI_KUBERNETES_REPLICAS'],
    [{ KUBERNETES_SERVICE_HOST: '' }, 'FAPI_KUBECONFIG'],
    [{ FAPI_GATEWAY_URL: 'gateway:8788' }, 'FAPI_GATEWAY_URL'],
  ])('names the variable that is wrong: %j', (wrong, name) => {
    const read = () => readConfig({ ...cluster, ...wrong });
    expect(read).toThrow(ConfigError);
    expect(read).toThrow(name);
  });
});
