import { expect } from 'vitest';
import type { Answer } from './system.ts';

/** An answer in the form that every error has, with this status and code. */
export function expectProblem(answer: Pick<Answer, 'status' | 'json' | 'headers'>, status: number, code: string): void {
  expect([answer.status, answer.json?.code]).toEqual([status, code]);
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  expect(answer.json).toMatchObject({ status: answer.status, requestId: answer.headers.get('x-request-id'), title: expect.any(String), type: expect.any(String) });
}
