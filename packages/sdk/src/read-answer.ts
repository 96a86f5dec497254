import { ContractError } from './errors.ts';

/** More than the largest that we are ever promised: both sides of a conflict, each a full draft with every letter escaped. */
const mostMB = 128;

/**
 * The whole body of an answer. Rejects with `ContractError` when the answer sends us elsewhere, where whole drafts and values of secrets would go with it,
 * or is larger than any of ours: who answers like that is not the server.
 */
export async function readAnswer(response: Response): Promise<Response> {
  const { body, status, type, headers } = response;
  // A page is not even told where to.
  if (type === 'opaqueredirect' || (status > 299 && status < 400)) throw new ContractError(`the answer is a redirect to ${headers.get('location')?.split('?')[0]}: baseUrl must name the server itself`, status);
  let bytes = 0;
  const counted = body?.pipeThrough(new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
    transform(chunk, stream) {
      bytes += chunk.length;
      if (bytes > mostMB * 1e6) throw new ContractError(`the answer has more than ${mostMB} MB`, status);
      stream.enqueue(chunk);
    },
  }));
  const whole = await (counted ? new Response(counted) : response).arrayBuffer();
  return new Response(whole.byteLength === 0 ? null : whole, response);
}
