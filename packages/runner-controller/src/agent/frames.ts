/** Frames of the agent's protocol (runner/PROTOCOL.md): two lengths, a JSON header, a raw body. */

export interface Frame {
  header: Record<string, unknown>;
  body: Buffer;
}

const prefixBytes = 8;
const headerLimitBytes = 1024 * 1024;
const bodyLimitBytes = 64 * 1024 * 1024;

export class FrameError extends Error {
  override readonly name = 'FrameError';
}

export function encodeFrame(header: Record<string, unknown>, body: Uint8Array = Buffer.alloc(0)): Buffer {
  const text = Buffer.from(JSON.stringify(header), 'utf8');
  if (text.length > headerLimitBytes) throw new FrameError(`a header of ${text.length} bytes is over the limit of ${headerLimitBytes}`);
  if (body.length > bodyLimitBytes) throw new FrameError(`a body of ${body.length} bytes is over the limit of ${bodyLimitBytes}`);
  const prefix = Buffer.alloc(prefixBytes);
  prefix.writeUInt32BE(text.length, 0);
  prefix.writeUInt32BE(body.length, 4);
  return Buffer.concat([prefix, text, body]);
}

/** Takes bytes as they come and gives back whole frames. Throws `FrameError` on what can never become one. */
export function createFrameReader(): (chunk: Buffer) => Frame[] {
  let chunks: Buffer[] = [];
  let size = 0;
  let wanted = prefixBytes;
  return (chunk) => {
    chunks.push(chunk);
    size += chunk.length;
    const frames: Frame[] = [];
    while (size >= wanted) {
      const pending = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
      chunks = [pending];
      const headerBytes = pending.readUInt32BE(0);
      const bodyBytes = pending.readUInt32BE(4);
      if (headerBytes > headerLimitBytes || bodyBytes > bodyLimitBytes) throw new FrameError('a frame is over the size limit');
      const total = prefixBytes + headerBytes + bodyBytes;
      if (size < total) {
        wanted = total;
        break;
      }
      frames.push({ header: parseHeader(pending.subarray(prefixBytes, prefixBytes + headerBytes)), body: pending.subarray(prefixBytes + headerBytes, total) });
      chunks = [pending.subarray(total)];
      size -= total;
      wanted = prefixBytes;
    }
    return frames;
  };
}

function parseHeader(bytes: Buffer): Record<string, unknown> {
  let header: unknown;
  try {
    header = JSON.parse(bytes.toString('utf8'));
  } catch (cause) {
    throw new FrameError('a header is not JSON', { cause });
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header)) throw new FrameError('a header is not an object');
  return header as Record<string, unknown>;
}
