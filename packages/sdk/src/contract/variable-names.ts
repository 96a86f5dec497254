/** Bytes are UTF-8, of names and values together. */
export const environmentLimits = { variables: 200, nameBytes: 100, valueBytes: 32_768, totalBytes: 131_072 } as const;

export const variableName = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** What the runner sets for every program, what steers the interpreter or the loader before any line of the app, and what is ours. */
const reserved = /^(?:PATH|HOME|TMPDIR|LANG|TZ|MALLOC_ARENA_MAX|FAPI_.*|LD_.*|PYTHON.*|GLIBC_TUNABLES)$/i;
export const isReservedName = (name: string): boolean => reserved.test(name);

const secretWords = new Set(['SECRET', 'SECRETS', 'TOKEN', 'TOKENS', 'PASSWORD', 'PASSWD', 'PASSPHRASE', 'PASS', 'PWD', 'PW', 'KEY', 'KEYS', 'APIKEY', 'CREDENTIAL', 'CREDENTIALS', 'CREDS', 'DSN', 'SALT', 'PEPPER', 'COOKIE', 'JWT', 'WEBHOOK', 'PIN']);
/** With these a key is none that opens anything. */
const openWords = new Set(['PUBLIC', 'PUB', 'ID', 'NAME', 'PATH', 'FILE', 'DIR', 'LENGTH', 'SIZE', 'TTL', 'EXPIRY', 'EXPIRES', 'SECONDS', 'MINUTES', 'HOURS', 'DAYS', 'ALGORITHM', 'COUNT', 'LIMIT', 'PREFIX', 'HEADER', 'ENABLED', 'TYPE']);
const joined = /(?:SECRET|PASSWORD|PASSWD|TOKEN|APIKEY|PRIVATEKEY|ACCESSKEY)$/;
const service = /^(?:.+_)?(?:DATABASE|DB|POSTGRES|POSTGRESQL|PG|MYSQL|MARIADB|MONGO|MONGODB|REDIS|AMQP|RABBITMQ|BROKER|SQLALCHEMY(?:_DATABASE)?)_UR[LI]$/;
const credentials = /^[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:[^\s/@]+@|^-----BEGIN [A-Z ]*PRIVATE KEY-----/;

/**
 * Does a variable look like one whose value nobody should read again? By its name, or by a value that holds a password or a private key. A guess, for the default of a switch that people see.
 * @example looksSecret('OPENAI_API_KEY'); // true
 */
export function looksSecret(name: string, value = ''): boolean {
  if (credentials.test(value)) return true;
  const words = name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase();
  const parts = words.split('_').filter((part) => part !== '');
  if (parts.some((part) => openWords.has(part))) return false;
  return parts.some((part) => secretWords.has(part) || joined.test(part)) || service.test(words);
}
