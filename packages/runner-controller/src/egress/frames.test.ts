import { describe, expect, it } from 'vitest';
import { createFrameReader, FrameError } from './frames.ts';

const piece = (text: string): Buffer => {
  const header = Buffer.alloc(4);
  header.writeUInt32BE(Buffer.byteLength(text));
  return Buffer.concat([header, Buffer.from(text)]);
};
const read = (chunks: readonly Buffer[]): { text: string; ends: number } => {
  const seen = { text: '', ends: 0 };
  const take = createFrameReader({ onPart: (part) => (seen.text += part.toString()), onEnd: () => seen.ends++ });
  for (const chunk of chunks) take(chunk);
  return seen;
};

describe('pieces', () => {
  const whole = Buffer.concat([piece('one'), piece('two'), piece('')]);

  it('are read as they come, however they are cut', () => {
    for (let size = 1; size <= whole.length; size++) {
      const chunks = Array.from({ length: Math.ceil(whole.length / size) }, (_, n) => whole.subarray(n * size, (n + 1) * size));
      expect(read(chunks), `cut to ${size}`).toEqual({ text: 'onetwo', ends: 1 });
    }
  });

  it('have a bound', () => expect(() => read([Buffer.from([0x7f, 0, 0, 0])])).toThrow(FrameError));
});
