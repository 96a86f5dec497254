import { createClient } from '../client.ts';
import { version } from '../version.ts';
import type { FapiClient } from '../fapi-client.ts';
import { findNear, findWords, type Parsed, parseArguments } from './arguments.ts';
import type { Command, Context } from './command.ts';
import { commands } from './commands.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { type Failure, toFailure, usageError } from './failure.ts';
import { makeHelp, makeOverview } from './help.ts';
import { findProject, type Project } from './project/find-project.ts';
import { findTarget, isLoopback, type Target } from './server/find-target.ts';
import { createOutput, type Output } from './terminal/output.ts';
import { sayFailureOf } from './terminal/say-failure.ts';
import type { World } from './world.ts';

/** Runs one command line and answers its exit code. Rejects only with a fault of ours. */
export async function runCli(args: readonly string[], world: World): Promise<ExitCode> {
  // What asked for JSON gets JSON, also when the rest of it cannot be read.
  const output = createOutput(world, { isJson: args.includes('--json'), hasColours: !args.includes('--no-color') });
  const closing: (() => void)[] = [];
  let name = '';
  let server: string | undefined;
  try {
    const asked = findCommand(args);
    name = asked.name;
    if ('lines' in asked) return sayHelp(output, asked.lines);
    const parsed = parseArguments(asked.rest, asked.command);
    if (parsed.values['help'] === true) return sayHelp(output, makeHelp(asked.command));
    const { ok, document } = await asked.command.run(createContext(world, output, parsed, (url, close) => {
      server = url;
      closing.push(close);
    }));
    const exitCode = ok ? exitCodes.ok : exitCodes.failed;
    output.event({ type: 'result', ok, command: name, exitCode, ...(server === undefined ? {} : { server }), ...document });
    return exitCode;
  } catch (error) {
    const failure = interrupted(world.signal) ?? toFailure(error, server);
    if (!failure) throw error;
    output.event({ type: 'result', ok: false, command: name, exitCode: failure.exitCode, ...(server === undefined ? {} : { server }), error: failure });
    if (failure.exitCode !== exitCodes.interrupted && failure.exitCode !== exitCodes.terminated) sayFailureOf(output, failure);
    return failure.exitCode;
  } finally {
    for (const close of closing) close();
  }
}

type Asked = { name: string; lines: string[] } | { name: string; command: Command; rest: readonly string[] };

/** The first word is the command; options may stand before it. */
function findCommand(args: readonly string[]): Asked {
  const [index, next] = findWords(args, commands);
  if (index === undefined && args.includes('--version')) return findCommand(['version', ...args.filter((word) => word !== '--version')]);
  if (index === undefined) {
    if (args.length === 0 || args.some((word) => word === '--help' || word === '-h')) return { name: 'help', lines: makeOverview(commands) };
    throw usageError('a command is missing', 'fapi help lists them');
  }
  const name = args[index]!;
  const findNamed = (wanted: string | undefined): Command | undefined => commands.find((one) => one.name === wanted);
  const asked = findNamed(name);
  if (asked) return { name, command: asked, rest: args.toSpliced(index, 1) };
  if (name !== 'help') {
    const near = findNear(name, [...commands.map((one) => one.name), 'help']);
    throw usageError(`there is no command "${name}"`, near === undefined ? 'fapi help lists them' : `did you mean fapi ${near}?`);
  }
  const topic = next === undefined ? undefined : args[next];
  const command = findNamed(topic);
  if (topic !== undefined && topic !== 'help' && !command) throw usageError(`there is no command "${topic}"`, 'fapi help lists them');
  return { name: 'help', lines: command ? makeHelp(command) : makeOverview(commands) };
}

function sayHelp(output: Output, lines: readonly string[]): ExitCode {
  for (const line of lines) output.line(line);
  output.event({ type: 'result', ok: true, command: 'help', exitCode: exitCodes.ok, help: lines });
  return exitCodes.ok;
}

function createContext(world: World, output: Output, { values, words }: Parsed, onConnect: (url: string, close: () => void) => void): Context {
  const text = (option: string): string | undefined => (typeof values[option] === 'string' ? values[option] : undefined);
  let found: Promise<Project> | undefined;
  const project = (): Promise<Project> => (found ??= findProject(world.cwd, text('folder')));
  let connected: Promise<{ client: FapiClient; target: Target }> | undefined;
  const findAppId = async (): Promise<string | undefined> => text('app') ?? (world.env['FAPI_APP'] || undefined) ?? (await project()).file?.app;
  return {
    world, output, words, text, project,
    isSet: (option) => values[option] === true,
    connect: () => (connected ??= (async () => {
      const target = await findTarget(world, (await project()).file, { server: text('server'), workspace: text('workspace') });
      const client = createClient({
        baseUrl: target.url, apiKey: target.key, workspaceId: target.workspaceId, clientName: `cli/${version}`,
        onVersionMismatch: ({ serverVersion }) => output.note(`${output.style('yellow', 'note')}: the server is version ${serverVersion}, and this fapi is ${version}`),
      });
      onConnect(target.url, () => client.close());
      output.note(output.style('dim', `${target.url} (${target.from}; key: ${target.keyFrom})`));
      if (target.url.startsWith('http:') && !isLoopback(target.url)) output.note(`${output.style('yellow', 'note')}: without https the key and the code can be read on the way`);
      return { client, target };
    })()),
    findAppId,
    async appId() {
      const id = await findAppId();
      if (id === undefined) throw usageError('no app is named', 'fapi push makes one from a project; --app, FAPI_APP or fapi.json names one', 'fapi apps lists them');
      return id;
    },
  };
}

function interrupted(signal: AbortSignal): Failure | undefined {
  if (!signal.aborted) return undefined;
  return { code: 'interrupted', message: 'interrupted', exitCode: signal.reason === exitCodes.terminated ? exitCodes.terminated : exitCodes.interrupted };
}
