#!/usr/bin/env node
import { calledAs } from './called-as.ts';
import { runCli } from './cli.ts';
import { exitCodes } from './exit-codes.ts';

/** The program `fapi`: the process and its signals around one command line. */
const told = new AbortController();
/** A terminal tells its whole group, and who has started us (npm, bin/fapi) passes on what it was told: within this time that is one press. */
const onePressMs = 500;
let toldAt = 0;
for (const [signal, code] of [['SIGINT', exitCodes.interrupted], ['SIGTERM', exitCodes.terminated], ['SIGHUP', exitCodes.terminated]] as const) {
  process.on(signal, () => {
    // Whoever says it twice does not want to wait for an orderly end.
    if (told.signal.aborted && performance.now() - toldAt > onePressMs) process.exit(code);
    if (told.signal.aborted) return;
    toldAt = performance.now();
    told.abort(code);
  });
}
// Who reads may leave first (`| head`): that is no error, and there is nobody left to tell.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(exitCodes.ok);
  });
}

const code = await runCli(process.argv.slice(2), { env: process.env, cwd: process.cwd(), program: calledAs(process.env['FAPI_CALLED_AS'] ?? process.argv[1] ?? 'fapi', process.env), stdin: process.stdin, stdout: process.stdout, stderr: process.stderr, signal: told.signal });
// What is written to a pipe is written later: the end must not cut it.
await Promise.all([process.stdout, process.stderr].map((stream) => new Promise((resolve) => stream.write('', resolve))));
process.exit(code);
