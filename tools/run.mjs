// Any Node >= 20 can start this: it installs what package-lock.json names, then hands over to the Node that the lock pins.
// Plain JavaScript without dependencies, because it runs on a clone without node_modules.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [command = '', ...args] = process.argv.slice(2);
const [wantedMajor, leastMajor] = [24, 20];

if (Number(process.versions.node.split('.')[0]) < leastMajor) fail(`fapi needs Node ${leastMajor} or newer to start itself, and this is ${process.version}: install a newer Node and run the command again.`);
await installPackages();
await handOver(findNode());

async function installPackages() {
  const stamp = join(root, 'node_modules', '.fapi-lock');
  const lock = createHash('sha256').update(readFileSync(join(root, 'package-lock.json'))).digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  // On stderr, as npm's own words: what `bin/fapi --json` prints is read by programs.
  console.error('Installing packages (1 to 2 minutes the first time) ...');
  rmSync(stamp, { force: true });
  // Through npm's own file when npm started us: the npm on PATH may be another one. No install scripts: none of them is needed.
  const npm = process.env.npm_execpath;
  const npmArgs = ['ci', '--ignore-scripts', '--no-progress', '--loglevel=error'];
  const program = npm?.endsWith('.js') ? [process.execPath, npm, ...npmArgs] : ['npm', ...npmArgs];
  const { code, stderr } = await run(program, { cwd: root, stdio: ['ignore', process.stderr, 'pipe'] });
  if (code !== 0) {
    const isOffline = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH/.test(stderr);
    fail(isOffline ? 'The package registry cannot be reached: connect to a network (or set the registry in your npm configuration) and run the command again.' : `npm ci failed; its last words:\n${stderr.trim().split('\n').slice(-12).join('\n')}`);
  }
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, lock);
}

function findNode() {
  const pinned = join(root, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin', 'node');
  if (existsSync(pinned)) return pinned;
  if (Number(process.versions.node.split('.')[0]) >= wantedMajor) return process.execPath;
  return fail(`No pinned Node ${wantedMajor} exists for ${process.platform} ${process.arch}, and this is ${process.version}: install Node ${wantedMajor} and run the command again.`);
}

async function handOver(node) {
  const file = join(root, 'tools', 'commands', `${command}.ts`);
  if (!/^[a-z-]+$/.test(command) || !existsSync(file)) fail(`There is no command "${command}": see "scripts" in package.json.`);
  const path = [dirname(node), join(root, 'node_modules', '.bin'), process.env.PATH].join(process.platform === 'win32' ? ';' : ':');
  // Our sources are TypeScript: to strip and to compile them at each start takes a third of it.
  const env = { NODE_COMPILE_CACHE: join(root, '.cache', 'node'), ...process.env, PATH: path };
  const { code } = await run([node, '--conditions=fapi-source', file, ...args], { cwd: root, stdio: 'inherit', env });
  process.exit(code);
}

/** Waits for a program's end. What tells us to end is passed on: the program stops in order, and we wait for it. A terminal tells both, so what is started here must take two in quick succession for one. */
function run([program, ...programArgs], options) {
  return new Promise((resolve) => {
    const child = spawn(program, programArgs, options);
    let stderr = '';
    let told = 0;
    child.stderr?.on('data', (chunk) => (stderr += chunk));
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
      process.on(signal, () => {
        told = 128 + constants.signals[signal];
        child.kill(signal);
      });
    }
    child.on('error', (error) => resolve({ code: 127, stderr: String(error) }));
    child.on('close', (code, signal) => {
      if (told !== 0 && options.stdio !== 'inherit') process.exit(told);
      resolve({ code: code ?? 128 + constants.signals[signal], stderr });
    });
  });
}

function fail(sentence) {
  console.error(sentence);
  process.exit(1);
}
