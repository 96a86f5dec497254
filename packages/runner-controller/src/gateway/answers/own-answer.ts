import { STATUS_CODES } from 'node:http';
import { makePage, pagePolicy } from './page.ts';

/** An answer that the gateway gives itself. Its words say nothing about the inside. */
export interface OwnAnswer {
  status: number;
  code: string;
  title: string;
  detail: string;
  retryAfterSeconds?: number;
}

export const unknownApp: OwnAnswer = { status: 404, code: 'app_not_found', title: 'There is no app at this address', detail: 'Check the address, or ask whoever sent it to you.' };
export const notFound: OwnAnswer = { status: 404, code: 'not_found', title: 'There is nothing at this address', detail: 'Apps are at addresses of their own.' };
export const notRunning: OwnAnswer = { status: 503, code: 'app_not_running', title: 'This app is not running now', detail: 'It will answer here as soon as it runs again.', retryAfterSeconds: 5 };
export const notDeployed: OwnAnswer = { ...notRunning, title: 'Nothing is live here yet', detail: 'The app will answer here once a version of it is deployed.' };
export const tooManyWaiting: OwnAnswer = { status: 503, code: 'app_busy', title: 'Too many requests wait for this app', detail: 'It is not taking requests at the moment.', retryAfterSeconds: 5 };
export const notReady: OwnAnswer = { status: 503, code: 'not_ready', title: 'Apps cannot be reached yet', detail: 'The system is starting.', retryAfterSeconds: 5 };
export const gateFailed: OwnAnswer = { status: 503, code: 'gate_failed', title: 'Nobody can be let in now', detail: 'It could not be found out who may use this app.', retryAfterSeconds: 5 };
export const brokeOff: OwnAnswer = { status: 502, code: 'app_broke_off', title: 'The app broke off before it answered', detail: 'The request may or may not have had an effect. Its builder can see more in the logs.' };
export const badAnswer: OwnAnswer = { status: 502, code: 'app_answer_invalid', title: 'The app gave an answer that is not HTTP', detail: 'The request may or may not have had an effect. Its builder can see more in the logs.' };
export const tooSlow: OwnAnswer = { status: 408, code: 'request_timeout', title: 'The request did not arrive in time', detail: 'Its head or its body stopped coming.' };

/** For what was refused before it was understood. */
export function makeBadRequest(status: number, detail: string): OwnAnswer {
  return { status, code: 'bad_request', title: 'The request cannot be understood safely', detail: `${detail}.` };
}

export interface AnswerOptions {
  requestId: string;
  asHtml: boolean;
  method: string;
  closes: boolean;
}

/** The whole answer as latin1 text (its bodies are ASCII). */
export function writeOwnAnswer(answer: OwnAnswer, { requestId, asHtml, method, closes }: AnswerOptions): string {
  const { retryAfterSeconds, status, title, detail, code } = answer;
  const body = asHtml ? makePage(answer, requestId, method === 'GET') : JSON.stringify({ type: 'about:blank', title, status, detail, code, requestId });
  return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n`
    + `content-type: ${asHtml ? 'text/html; charset=utf-8' : 'application/problem+json'}\r\ncontent-length: ${body.length}\r\ncache-control: no-store\r\nvary: accept\r\n`
    + (asHtml ? `content-security-policy: ${pagePolicy}\r\n` : '')
    + `x-content-type-options: nosniff\r\nreferrer-policy: no-referrer\r\nx-request-id: ${requestId}\r\n`
    + (retryAfterSeconds === undefined ? '' : `retry-after: ${retryAfterSeconds}\r\n`)
    + (closes ? 'connection: close\r\n' : '')
    + `\r\n${method === 'HEAD' ? '' : body}`;
}

/** A JSON answer of ours that is not a problem. `json` must be ASCII. */
export function writeJsonAnswer(json: string, { requestId, method, closes }: Omit<AnswerOptions, 'asHtml'>): string {
  return `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${json.length}\r\ncache-control: no-store\r\nx-request-id: ${requestId}\r\n${closes ? 'connection: close\r\n' : ''}\r\n${method === 'HEAD' ? '' : json}`;
}
