import { expect, test } from 'vitest';
import type { BodyLength } from './answer-head.ts';
import { BodyFramer, FramingError } from './body-framer.ts';

const bodies: [text: string, body: BodyLength][] = [
  ['hello', 5],
  ['5\r\nhello\r\n0\r\n\r\n', 'chunked'],
  ['a\r\n0123456789\r\n00F\r\n0123456789abcde\r\n0\r\n\r\n', 'chunked'],
  ['1\r\n\r\r\n2\r\n\r\n\r\n0\r\nX-Sum: 1\r\nX-Other:\r\n\r\n', 'chunked'],
];

test.each(bodies)('finds the end of %j however it is cut', (text, body) => {
  for (let size = 1; size <= text.length + 4; size++) {
    const framer = new BodyFramer();
    framer.start(body, 'allowed');
    const bytes = Buffer.from(`${text}next`);
    let end = 0;
    for (let at = 0; at < bytes.length; at += size) end += framer.take(bytes.subarray(at, at + size), 0);
    expect([size, end, framer.isDone]).toEqual([size, text.length, true]);
  }
});

test('an unfinished body is not done', () => {
  for (const [text, body] of bodies) {
    const framer = new BodyFramer();
    framer.start(body, 'allowed');
    framer.take(Buffer.from(text.slice(0, -1)), 0);
    expect(framer.isDone).toBe(false);
  }
});

test('a body of no bytes is done at once, one that ends with its connection never', () => {
  const framer = new BodyFramer();
  framer.start(0, 'allowed');
  expect(framer.isDone).toBe(true);
  framer.start('until-close', 'allowed');
  expect([framer.take(Buffer.from('0\r\n\r\n'), 0), framer.isDone]).toEqual([5, false]);
});

test.each(['\r\n', ';\r\n', '5 \r\n', '5\r\nhelloX', '5\r\nhello\rX', '0\r\n\rX', '0\r\n X: y\r\n', '0\r\nX\r\n', `0\r\nX: ${'y'.repeat(9_000)}`, '1000000000000'])('%j is refused', (text) => {
  const framer = new BodyFramer();
  framer.start('chunked', 'allowed');
  expect(() => framer.take(Buffer.from(text), 0)).toThrow(FramingError);
});
