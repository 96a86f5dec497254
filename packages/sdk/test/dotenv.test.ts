import { parseEnv } from 'node:util';
import { looksSecret } from '@fapi/sdk';
import { parseDotenv } from '@fapi/sdk/dotenv';
import { describe, expect, it } from 'vitest';

const valuesOf = (text: string): Record<string, string> => Object.fromEntries(parseDotenv(text).variables.map(({ name, value }) => [name, value]));

describe('a pasted .env file', () => {
  it.each<[string, string, Record<string, string>]>([
    ['is empty', '', {}],
    ['is a file of comments', '# one\n\n   # two\n', {}],
    ['has names and values', 'A=1\nB = two words \nC=', { A: '1', B: 'two words', C: '' }],
    ['comes from a shell', 'export A=1\n  export   B=2', { A: '1', B: '2' }],
    ['comes from Windows', '\uFEFFA=1\r\nB=2\r\n', { A: '1', B: '2' }],
    ['has values with = and #', 'URL=http://x/?a=b#c\nTAG=v1 # the first\nNONE= # nothing', { URL: 'http://x/?a=b#c', TAG: 'v1', NONE: '' }],
    ['has single quotes, as they are', "A='x # \\n $Y' # note\nB='it\\'s'", { A: 'x # \\n $Y', B: "it's" }],
    ['has double quotes, with escapes', 'A="x\\ty\\n\\"z\\"\\\\" # note\nB="#"', { A: 'x\ty\n"z"\\', B: '#' }],
    ['has a value over several lines', 'KEY="-----BEGIN\nAAA\n-----END"\nB=2', { KEY: '-----BEGIN\nAAA\n-----END', B: '2' }],
    ['has references, as they are', 'A=${HOME}/x', { A: '${HOME}/x' }],
    ['has a quoted name', "'A'=1", { A: '1' }],
    ['has characters of all kinds', 'A=Übung \u{1F600}', { A: 'Übung \u{1F600}' }],
  ])('that %s is read', (_, text, expected) => {
    expect(parseDotenv(text).issues).toEqual([]);
    expect(valuesOf(text)).toEqual(expected);
  });

  it('reads what others read, where those who write such files agree', () => {
    const text = 'A=1\nexport B=2\n# c\nC="x y"\nD=\'z\'\nE=\n\nF= spaced \nG="two\nlines"\nH=a=b\n';
    expect(valuesOf(text)).toEqual(parseEnv(text));
  });

  it.each<[string, string, [number, number, RegExp][], string[]]>([
    ['a line without =', 'A=1\nnonsense\nB=2', [[2, 1, /no =/]], ['A', 'B']],
    ['a line without a name', '  =1\nB=2', [[1, 3, /no name/]], ['B']],
    ['a name that is none', 'export my-name=1\n2A=1\nÜ=1', [[1, 8, /letters, digits/], [2, 1, /letters, digits/], [3, 1, /letters, digits/]], []],
    ['a quotation mark without a second one', 'A="open\nB=2', [[1, 3, /no second one/]], ['B']],
    ['text behind the quotation mark', 'A="x" y\nB=2', [[1, 3, /more behind/]], ['B']],
    ['a name that stands twice', 'A=1\n\nB="x\ny"\nA=3', [[5, 1, /A is there already, in line 1/]], ['B', 'A']],
    ['names that are not to be had', 'PATH=/x\nPYTHONPATH=y\nFAPI_X=1\n__proto__=1', [1, 2, 3, 4].map((line) => [line, 1, /choose another name/]), []],
    ['a value that is too long', `A=${'é'.repeat(16_385)}\nB=${'é'.repeat(16_384)}`, [[1, 1, /32770 bytes of UTF-8, and 32768/]], ['B']],
    ['what no database keeps', 'A=a\0b\nB=\uD800', [[1, 1, /NUL/], [2, 1, /half/]], []],
  ])('names %s with its place, and reads the rest', (_, text, places, names) => {
    const { variables, issues } = parseDotenv(text);
    expect(issues.map(({ line, column }) => [line, column])).toEqual(places.map(([line, column]) => [line, column]));
    issues.forEach(({ message }, index) => expect(message).toMatch(places[index]![2]));
    expect(variables.map(({ name }) => name)).toEqual(names);
  });

  it('says in which line each variable is, and no message holds a value', () => {
    const { variables, issues } = parseDotenv('A="1\n2"\nB=3\nC="t0psecret" t0psecret\nA=t0psecret');
    expect(variables.map(({ name, line }) => [name, line])).toEqual([['B', 3], ['A', 5]]);
    expect(JSON.stringify(issues)).not.toContain('t0psecret');
  });

  it('is read in time that grows with its length only', () => {
    const text = `${'"\\'.repeat(50_000)}\n${'A="'.repeat(20_000)}\n${`B=${' '.repeat(50_000)}x\nC${' '.repeat(50_000)}x\nD=x${' '.repeat(50_000)}y\n`}`;
    expect(parseDotenv(text).variables.map(({ name }) => name)).toContain('B');
  });

  it('marks as secret what looks like it', () => {
    expect(parseDotenv('API_KEY=x\nMODE=fast\nURL=postgres://ann:pw@db/x').variables.map(({ secret }) => secret)).toEqual([true, false, true]);
  });
});

describe('a variable', () => {
  it.each(['OPENAI_API_KEY', 'SECRET', 'DB_PASSWORD', 'GITHUB_TOKEN', 'aws_secret_access_key', 'dbPassword', 'STRIPE_WEBHOOK', 'DATABASE_URL', 'REDIS_URL', 'APP_MONGO_URI', 'SENTRY_DSN', 'JWT', 'MYTOKEN', 'PRIVATE_KEY', 'SESSION_COOKIE'])('with the name %s looks secret', (name) => {
    expect(looksSecret(name)).toBe(true);
  });
  it.each(['MODE', 'LOG_LEVEL', 'PORT', 'KEYBOARD', 'PASSENGERS', 'MONKEY', 'PUBLIC_KEY', 'AWS_ACCESS_KEY_ID', 'TOKEN_TTL', 'SITE_URL', 'PASSWORD_MIN_LENGTH', 'COMPASS', 'DEBUG', ''])('with the name %j does not', (name) => {
    expect(looksSecret(name)).toBe(false);
  });
  it.each([['amqp://u:p@h/v', true], ['https://example.org/a:b@c', false], ['-----BEGIN RSA PRIVATE KEY-----\nAAA', true], ['plain', false]])('with the value %j: %s', (value, expected) => {
    expect(looksSecret('X', value)).toBe(expected);
  });
});
