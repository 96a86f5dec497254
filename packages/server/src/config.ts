import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isProxy } from '@fapi/runner-controller/proxies';

export interface ServerConfig {
  readonly port: number;
  readonly host: string;
  readonly dataDir: string;
  readonly databaseUrl: string | undefined;
  /** A statement that takes longer fails. The embedded database, which has one session, ends with it. */
  readonly statementLimitMs: number;
  readonly natsUrl: string | undefined;
  readonly operatorKey: string;
  readonly controllerKey: string;
  /** Of environments at rest: the first one writes, all of them read. */
  readonly environmentKeys: readonly [string, ...string[]];
  /** `{host}` stands for the app's host label. */
  readonly appsUrl: string | undefined;
  /** Where the server itself reaches the gateway, when not at the apps' public addresses. */
  readonly gatewayUrl: string | undefined;
  readonly allowUnsafe: boolean;
  /** Only this machine can reach it. */
  readonly isLoopback: boolean;
  readonly allowedHosts: readonly string[];
  /** Addresses or networks whose `X-Forwarded-For` is believed. */
  readonly trustedProxies: readonly string[];
  /** Requests a second of one principal, for ever; six times as many at once. */
  readonly rateLimitPerSecond: number;
  /** Folder of the bundled elements, served under `/embed/`. */
  readonly embedDir: string | undefined;
  readonly logLevel: string;
  /** So many of the newest revisions of each app are kept, besides those that are needed. */
  readonly revisionsKept: number;
  /** So many days a deleted app can be restored; with 0 it is purged at once. */
  readonly restoreDays: number;
  /** So many days a row of the audit log is kept; with 0 for ever. */
  readonly auditDays: number;
  /** Starts though values are sealed with keys that are not here. */
  readonly acceptLostKeys: boolean;
}

/** A wrong value stops the start: the message is one sentence that names the variable. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

const loopback = ['127.0.0.1', '::1', 'localhost'];
const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'];

/** Reads the environment once; secrets that it does not name are made once and kept in the data folder. */
export function readConfig(environment: NodeJS.ProcessEnv): ServerConfig {
  const port = Number(environment['FAPI_PORT'] || 8787);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new ConfigError(`FAPI_PORT is "${environment['FAPI_PORT']}": set it to a port number from 0 to 65535.`);
  const allowUnsafe = isSet(environment, 'FAPI_ALLOW_UNSAFE');
  const acceptLostKeys = isSet(environment, 'FAPI_ACCEPT_LOST_KEYS');
  const host = environment['FAPI_HOST'] || '127.0.0.1';
  const appsUrl = environment['FAPI_APPS_URL'] || undefined;
  if (appsUrl !== undefined && (!appsUrl.includes('{host}') || !URL.canParse(appsUrl.replace('{host}', 'x')))) throw new ConfigError(`FAPI_APPS_URL is "${appsUrl}": set it to an address with {host} in it, such as https://{host}.apps.example/.`);
  const logLevel = environment['FAPI_LOG_LEVEL'] || 'info';
  if (!logLevels.includes(logLevel)) throw new ConfigError(`FAPI_LOG_LEVEL is "${logLevel}": set it to one of ${logLevels.join(', ')}.`);
  const revisionsKept = Number(environment['FAPI_REVISIONS_KEPT'] || 20);
  if (!Number.isInteger(revisionsKept) || revisionsKept < 1 || revisionsKept > 1_000) throw new ConfigError(`FAPI_REVISIONS_KEPT is "${environment['FAPI_REVISIONS_KEPT']}": set it to a whole number from 1 to 1000.`);
  const restoreDays = Number(environment['FAPI_RESTORE_DAYS'] || 7);
  if (!Number.isInteger(restoreDays) || restoreDays < 0 || restoreDays > 365) throw new ConfigError(`FAPI_RESTORE_DAYS is "${environment['FAPI_RESTORE_DAYS']}": set it to a whole number from 0 to 365; 0 keeps no deleted app.`);
  const auditDays = Number(environment['FAPI_AUDIT_DAYS'] || 400);
  if (!Number.isInteger(auditDays) || auditDays < 0 || auditDays > 36_500) throw new ConfigError(`FAPI_AUDIT_DAYS is "${environment['FAPI_AUDIT_DAYS']}": set it to a whole number from 0 to 36500; 0 keeps the audit log for ever.`);
  const statementLimitS = Number(environment['FAPI_STATEMENT_LIMIT_S'] || 60);
  if (!Number.isInteger(statementLimitS) || statementLimitS < 1 || statementLimitS > 86_400) throw new ConfigError(`FAPI_STATEMENT_LIMIT_S is "${environment['FAPI_STATEMENT_LIMIT_S']}": set it to a whole number of seconds from 1 to 86400.`);
  const trustedProxies = list(environment['FAPI_TRUSTED_PROXIES']);
  const wrongProxy = trustedProxies.find((proxy) => !isProxy(proxy));
  if (wrongProxy !== undefined) throw new ConfigError(`FAPI_TRUSTED_PROXIES holds "${wrongProxy}": set it to addresses or networks such as 10.0.0.0/8, with commas between them.`);
  const rateLimitPerSecond = Number(environment['FAPI_RATE_LIMIT_PER_S'] || 100);
  if (!Number.isInteger(rateLimitPerSecond) || rateLimitPerSecond < 1) throw new ConfigError(`FAPI_RATE_LIMIT_PER_S is "${environment['FAPI_RATE_LIMIT_PER_S']}": set it to a whole number from 1 on.`);
  const dataDir = resolve(environment['FAPI_DATA_DIR'] || '.fapi');
  return Object.freeze({
    port, host, dataDir, allowUnsafe, isLoopback: loopback.includes(host), appsUrl, gatewayUrl: address(environment, 'FAPI_GATEWAY_URL', ['http:', 'https:']), logLevel, revisionsKept, restoreDays, auditDays, acceptLostKeys,
    embedDir: environment['FAPI_EMBED_DIR'] ? resolve(environment['FAPI_EMBED_DIR']) : undefined,
    databaseUrl: address(environment, 'FAPI_DATABASE_URL', ['postgres:', 'postgresql:']),
    natsUrl: address(environment, 'FAPI_NATS_URL', ['nats:', 'tls:']),
    operatorKey: secret(environment, 'FAPI_OPERATOR_KEY', join(dataDir, 'operator-key'), 'fok_'),
    controllerKey: secret(environment, 'FAPI_CONTROLLER_KEY', join(dataDir, 'controller-key'), 'fck_'),
    environmentKeys: keys(environment, dataDir),
    allowedHosts: list(environment['FAPI_ALLOWED_HOSTS']),
    trustedProxies, rateLimitPerSecond, statementLimitMs: statementLimitS * 1_000,
  });
}

function isSet(environment: NodeJS.ProcessEnv, name: string): boolean {
  const given = environment[name] || '0';
  if (given !== '0' && given !== '1') throw new ConfigError(`${name} is "${given}": set it to 1, or leave it out.`);
  return given === '1';
}

const list = (text = ''): string[] => text.split(',').map((name) => name.trim().toLowerCase()).filter((name) => name !== '');

/** The value is not repeated in the sentence: an address may hold a password. */
function address(environment: NodeJS.ProcessEnv, name: string, protocols: readonly string[]): string | undefined {
  const given = environment[name] || undefined;
  for (const one of name === 'FAPI_NATS_URL' ? (given?.split(',') ?? []) : given === undefined ? [] : [given]) {
    if (!protocols.includes(URL.parse(one.trim())?.protocol ?? '')) throw new ConfigError(`${name} is not an address that begins with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}.`);
  }
  return given;
}

/** The newest key first. A file may hold older ones below it, one a line. */
function keys(environment: NodeJS.ProcessEnv, dataDir: string): [string, ...string[]] {
  const name = 'FAPI_ENVIRONMENT_KEY';
  const [newest, ...older] = (environment[name] || secret(environment, name, join(dataDir, 'environment-key'), 'fek_')).split(/[\s,]+/).filter((key) => key !== '');
  if (newest === undefined || [newest, ...older].some((key) => key.length < 16)) throw new ConfigError(`${name} holds a key that is too short: use at least 16 characters of random text each, the newest first, with commas between them.`);
  return [newest, ...older];
}

function secret(environment: NodeJS.ProcessEnv, name: string, file: string, prefix: string): string {
  const given = environment[name];
  if (given) {
    if (given.length < 16 || !/^[\x21-\x7e]+$/.test(given)) throw new ConfigError(`${name} is too short or has spaces: use at least 16 characters of random text.`);
    return given;
  }
  mkdirSync(resolve(file, '..'), { recursive: true, mode: 0o700 });
  try {
    writeFileSync(file, `${prefix}${randomBytes(24).toString('base64url')}\n`, { flag: 'wx', mode: 0o600, flush: true });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOSPC' || code === 'EDQUOT') {
      // An empty one would stand in the way of the next start.
      rmSync(file, { force: true });
      throw new ConfigError(`${file} cannot be written (its disk is full, or has no inodes left): free space there, or set ${name}.`, { cause: error });
    }
    if (code !== 'EEXIST') throw error;
  }
  const kept = readFileSync(file, 'utf8').trim();
  if (kept.length < 16) throw new ConfigError(`${file} does not hold a key: delete it, and a new one is made at the next start.`);
  return kept;
}
