// node follow-logs.ts <app id> [pattern]      Prints what an app prints, as it does; with a pattern only the lines that match.
import { connect, readArguments } from './connect.ts';

const [appId, pattern = ''] = readArguments(1, 'follow-logs.ts <app id> [pattern]') as [string, string?];
const fapi = connect();
const wanted = new RegExp(pattern, 'i');

const ended = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => ended.abort());

// A wrong id is an error now, and not a stream without lines.
const { title } = await fapi.apps.read(appId);
console.error(`following ${title}; Ctrl-C ends it`);

// From the beginning of what is kept, over lost connections, without a gap.
try {
  for await (const { at, stream, text } of fapi.logs.follow(appId, { since: '0', signal: ended.signal })) {
    if (wanted.test(text)) console.log(at, stream.padEnd(6), text);
  }
} catch (error) {
  if (!ended.signal.aborted) throw error;
}
fapi.close();
