import { CallRefusedError, NotInChargeError } from './bus.ts';
import { decode } from './codec.ts';
import { Call, CallAnswer, schemaVersion } from './messages.ts';

/** Answers one call as text; whatever goes wrong becomes a `refused`. Undefined when another one is to answer. */
export async function answerCall(handler: (call: Call, signal: AbortSignal) => Promise<CallAnswer>, text: string, signal: AbortSignal): Promise<string | undefined> {
  const call = decode(Call, text);
  if (!call.ok) return JSON.stringify(refused('unreadable', call.reason));
  try {
    return JSON.stringify(await handler(call.value, signal));
  } catch (error) {
    if (error instanceof NotInChargeError) return undefined;
    return JSON.stringify(refused(error instanceof CallRefusedError ? error.code : 'failed', error instanceof Error ? error.message : String(error)));
  }
}

export function toAnswer(text: string): CallAnswer {
  const answer = decode(CallAnswer, text);
  return answer.ok ? answer.value : refused('unreadable', answer.reason);
}

export const refused = (code: string, message: string): CallAnswer => ({ schema: schemaVersion, kind: 'refused', code, message });
