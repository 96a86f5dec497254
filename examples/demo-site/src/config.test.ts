import { resolve } from 'node:path';
import { ConfigError } from '@fapi/runner-controller';
import { describe, expect, it } from 'vitest';
import { readConfig } from './config.ts';

const root = '/clone';

describe('the configuration of the demo', () => {
  it('has a default for everything, and takes an empty variable for none', () => {
    const config = readConfig({}, root);
    expect(config).toMatchObject({ host: '127.0.0.1', port: 8787, gateway: { port: 8788, host: '127.0.0.1', environment: {} }, dataDir: '/clone/.fapi', python: '/clone/.cache/python/bin/python', keepRunners: false, logLevel: 'warn', readyLine: false });
    const names = ['FAPI_HOST', 'FAPI_PORT', 'FAPI_GATEWAY_PORT', 'FAPI_DATA_DIR', 'FAPI_PYTHON', 'FAPI_KEEP_RUNNERS', 'FAPI_LOG_LEVEL', 'FAPI_READY_LINE', 'FAPI_GATEWAY_PREVIEW_ORIGINS'];
    expect(readConfig(Object.fromEntries(names.map((name) => [name, ''])), root)).toEqual(config);
  });

  it('takes what it is told', () => {
    const told = { FAPI_HOST: '::1', FAPI_PORT: '0', FAPI_GATEWAY_PORT: '0', FAPI_DATA_DIR: 'data', FAPI_PYTHON: '/usr/bin/python3', FAPI_KEEP_RUNNERS: '1', FAPI_LOG_LEVEL: 'debug', FAPI_READY_LINE: '1' };
    expect(readConfig(told, root)).toMatchObject({ host: '::1', port: 0, gateway: { port: 0 }, dataDir: resolve('data'), python: '/usr/bin/python3', keepRunners: true, logLevel: 'debug', readyLine: true });
  });

  it('hands the gateway what is meant for it, and nothing else', () => {
    const told = { FAPI_GATEWAY_PREVIEW_ORIGINS: 'https://portal.example', FAPI_GATEWAY_HOLD_MS: '500', FAPI_TRUSTED_PROXIES: '10.0.0.0/8' };
    expect(readConfig({ ...told, FAPI_OPERATOR_KEY: 'secret', FAPI_GATEWAY_UNKNOWN: '1' }, root).gateway.environment).toEqual(told);
  });

  it.each([
    ['FAPI_PORT', 'many', /0 to 65535/], ['FAPI_GATEWAY_PORT', '70000', /0 to 65535/], ['FAPI_LOG_LEVEL', 'loud', /set it to one of .*warn/], ['FAPI_KEEP_RUNNERS', 'yes', /set it to 1 or 0/], ['FAPI_READY_LINE', 'true', /set it to 1 or 0/],
    ['FAPI_DATA_DIR', `/${'x'.repeat(90)}`, /choose a folder whose path has at most \d+ bytes/],
  ])('names the variable that is wrong, and what it takes: %s=%s', (name, value, fix) => {
    const read = () => readConfig({ [name]: value }, root);
    expect(read).toThrow(ConfigError);
    expect(read).toThrow(`${name} is "${value}"`);
    expect(read).toThrow(fix);
  });
});
