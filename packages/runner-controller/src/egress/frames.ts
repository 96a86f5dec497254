import type { Socket } from 'node:net';

/** Before each piece of what is carried: its length, four bytes, most significant first. None is the end of that direction, as half a close is on a plain connection. */
export const headerBytes = 4;
/** Agents send pieces of 64 KiB; whoever announces more than this is none. */
export const pieceLimitBytes = 1 << 20;

export class FrameError extends Error {
  override readonly name = 'FrameError';
}

export function writeFrame(socket: Socket, piece: Uint8Array): boolean {
  const header = Buffer.allocUnsafe(headerBytes);
  header.writeUInt32BE(piece.length);
  socket.cork();
  let isRoomy = socket.write(header);
  if (piece.length > 0) isRoomy = socket.write(piece);
  socket.uncork();
  return isRoomy;
}

export interface FrameTaker {
  /** A part of a piece, as it came. */
  onPart(part: Buffer): void;
  onEnd(): void;
}

/** Reads pieces without gathering them. Throws `FrameError`. */
export function createFrameReader({ onPart, onEnd }: FrameTaker): (data: Buffer) => void {
  let header = Buffer.alloc(0);
  let left = 0;
  return (data) => {
    for (let at = 0; at < data.length;) {
      if (left === 0) {
        const missing = data.subarray(at, at + headerBytes - header.length);
        header = Buffer.concat([header, missing]);
        at += missing.length;
        if (header.length < headerBytes) return;
        left = header.readUInt32BE();
        header = Buffer.alloc(0);
        if (left > pieceLimitBytes) throw new FrameError(`a piece of ${left} bytes`);
        if (left === 0) onEnd();
        continue;
      }
      const part = data.subarray(at, at + left);
      left -= part.length;
      at += part.length;
      onPart(part);
    }
  };
}
