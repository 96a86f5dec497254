import { describe, expect, it } from 'vitest';
import { createFrameReader, encodeFrame, FrameError } from './frames.ts';

const body = Buffer.from([0, 1, 2, 255]);
const headers: Record<string, unknown>[] = [{ kind: 'request', id: 1 }, { kind: 'event', data: { text: 'grüße 🌍' } }, {}];
const wire = Buffer.concat([encodeFrame(headers[0]!, body), encodeFrame(headers[1]!), encodeFrame(headers[2]!, Buffer.alloc(70_000, 7))]);
const expected = [[headers[0], body.toString('hex')], [headers[1], ''], [headers[2], '07'.repeat(70_000)]];

/** A frame with these two lengths and these bytes. */
function frame(headerBytes: number, bodyBytes: number, bytes = ''): Buffer {
  const prefix = Buffer.alloc(8);
  prefix.writeUInt32BE(headerBytes, 0);
  prefix.writeUInt32BE(bodyBytes, 4);
  return Buffer.concat([prefix, Buffer.from(bytes)]);
}

describe('frames', () => {
  it.each([1, 2, 3, 7, 8, 9, 64, 1_000, 65_536, wire.length])('are whole again when they come in pieces of %i bytes', (size) => {
    const read = createFrameReader();
    const found: unknown[] = [];
    for (let at = 0; at < wire.length; at += size) for (const one of read(wire.subarray(at, at + size))) found.push([one.header, one.body.toString('hex')]);
    expect(found).toEqual(expected);
  });

  it.each([
    ['a header over the limit', frame(1024 * 1024 + 1, 0)],
    ['a body over the limit', frame(2, 64 * 1024 * 1024 + 1)],
    ['a header that is not JSON', frame(3, 0, '{a}')],
    ['a header that is a list', frame(2, 0, '[]')],
    ['a header that is nothing', frame(4, 0, 'null')],
    ['an empty header', frame(0, 0)],
    ['what another protocol says', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
  ])('that can never become one are refused: %s', (_title, bytes) => {
    expect(() => createFrameReader()(bytes)).toThrow(FrameError);
  });

  it('are not sent when they are over the limits', () => {
    expect(() => encodeFrame({ text: 'x'.repeat(1024 * 1024) })).toThrow('a header of 1048587 bytes is over the limit of 1048576');
    expect(() => encodeFrame({}, Buffer.alloc(64 * 1024 * 1024 + 1))).toThrow('a body of 67108865 bytes is over the limit of 67108864');
  });
});
