import { connect, readArguments } from './connect.ts';

/** Prints what an app has printed, and what it prints from now on, until Ctrl-C or a number of lines. */
const [appId, most] = readArguments(1, 'follow-logs.ts <app id> [lines]') as [string, string | undefined];
const fapi = connect();

let count = 0;
for await (const { at, stream, text } of fapi.logs.follow(appId, { since: '0' })) {
  console.log(`${at} ${stream === 'stderr' ? 'E' : ' '} ${text}`);
  if (++count === Number(most)) break;
}
fapi.close();
