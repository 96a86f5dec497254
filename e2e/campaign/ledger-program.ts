import { createHash, randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';

/**
 * Several writers in a process of their own that never give up: each click has its key and is sent again until the server has said yes.
 * One line of JSON on stdout for each yes. So what is there in the end must be exactly what is in the lines: nothing lost, nothing twice.
 * No SDK, that would retry and replay in a way of its own. Lines on stdin: `pause` (all clicks are answered when it says `paused`), `resume`.
 */
const [baseUrl, key, seed] = [process.env['LEDGER_URL']!, process.env['LEDGER_KEY']!, process.env['LEDGER_SEED']!];
const say = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`);
let resume: () => void = () => {};
let isOpen: Promise<void> | undefined;
let clicks = 0;

async function click(method: string, path: string, body: unknown, version?: number): Promise<any> {
  await isOpen;
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json', 'idempotency-key': `${seed}-${randomUUID()}`, ...(version === undefined ? {} : { 'if-match': `"${version}"` }) };
  clicks += 1;
  try {
    for (;;) {
      const answer = await fetch(`${baseUrl}/v1${path}`, { method, headers, body: JSON.stringify(body), signal: AbortSignal.timeout(20_000) }).then(async (response) => ({ status: response.status, text: await response.text() }), () => undefined);
      if (answer && answer.status < 300) return JSON.parse(answer.text);
      if (answer && answer.status < 500 && answer.status !== 429) {
        say({ violation: `${method} ${path} with version ${version} answered ${answer.status}: ${answer.text.slice(0, 500)}` });
        process.exit(1);
      }
      await pause(200);
    }
  } finally {
    clicks -= 1;
  }
}

const code = (word: string): string => `from fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.get("/")\nasync def read_root() -> str:\n    return "${word}"\n`;
let made = 0;
async function create(name: string): Promise<{ id: string; version: number }> {
  const title = `${name} ${++made}`;
  const app = await click('POST', '/apps', { title, files: [{ path: 'main.py', content: code('none') }] });
  say({ did: 'create', app: app.id, title });
  return { id: app.id, version: app.draftVersion };
}

/** Two authors, each with an app at a time, that save again and again. */
async function author(name: string): Promise<never> {
  for (let n = 0, app = await create(name); ; n++) {
    if (n % 25 === 24) app = await create(name);
    const content = `# ${n} ${createHash('sha256').update(`${seed} ${name} ${n}`).digest('hex').repeat(20)}\n`;
    app.version = (await click('PUT', `/apps/${app.id}/draft`, { files: [{ path: 'main.py', content }] }, app.version)).version;
    say({ did: 'save', app: app.id, version: app.version, content });
    await pause(150);
  }
}

/** One that changes an environment again and again. */
async function keeper(): Promise<never> {
  const app = await create('Keeper');
  for (let version = 0; ; ) {
    const value = `${seed} ${version}`;
    version = (await click('PUT', `/apps/${app.id}/environment`, { variables: [{ name: 'WORD', value, secret: false, scope: 'both' }] }, version)).version;
    say({ did: 'environment', app: app.id, version, value });
    await pause(250);
  }
}

/** Two that deploy a new word again and again, sometimes before the last one is live. */
async function deployer(name: string, pauseMs: number): Promise<never> {
  const app = await create(name);
  for (let n = 0; ; n++) {
    const word = `${name} ${seed} ${n}`;
    const deployment = await click('POST', `/apps/${app.id}/deployments`, { draftVersion: app.version, patch: { put: [{ path: 'main.py', content: code(word) }] } });
    app.version = deployment.draftVersion;
    say({ did: 'deploy', app: app.id, deployment: deployment.id, generation: deployment.generation, revision: deployment.revision, version: app.version, word });
    await pause(n % 5 === 4 ? 50 : pauseMs);
  }
}

createInterface({ input: process.stdin }).on('line', (line) => void (async () => {
  if (line === 'pause') {
    isOpen = new Promise((resolve) => (resume = resolve));
    while (clicks > 0) await pause(20);
    say({ did: 'pause' });
  }
  if (line === 'resume') {
    isOpen = undefined;
    resume();
  }
})()).on('close', () => process.exit(0));
await Promise.all([author('Ann'), author('Ben'), keeper(), deployer('Dan', 2_500), deployer('Eve', 4_000)]);
