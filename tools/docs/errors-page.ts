import { errorsOf, type ErrorCode, problems, type Route, routes } from '@fapi/sdk/contract';
import { errorGuide } from './error-guide.ts';

const rows = Object.entries(routes).flatMap(([resource, group]) => Object.entries(group as Record<string, Route>).map(([name, route]) => ({ id: `${resource}.${name}`, codes: errorsOf(route) })));
/** From so many routes on a list of them says less than a number. */
const few = 8;

/** `docs/errors.md`: every code that the API can answer, from the contract's own tables. */
export function makeErrorsPage(): string {
  const codes = Object.keys(problems) as ErrorCode[];
  return `# Errors

Every refusal of the API is \`application/problem+json\` ([RFC 9457](https://www.rfc-editor.org/rfc/rfc9457)) with a \`code\` from this closed list; another code cannot be sent.
Branch on \`code\`, show \`detail\`, keep \`requestId\` for the operator: it is in the answer's \`X-Request-Id\` and in the log.

\`\`\`json
{ "type": "urn:fapi:problem:draft_too_large", "title": "The draft is over a limit", "status": 422, "code": "draft_too_large", "requestId": "4f0c...",
  "issues": [{ "path": "/files", "message": "too many files", "used": 201, "limit": 200 }] }
\`\`\`

What was found in the code of an app is no error of the API: see [words and codes](words.md).

In the SDK it is an \`ApiError\` with the same fields: \`if (isApiError(error, 'draft_conflict')) ...\`.

| code | status | what it says | what to do | where |
|---|---|---|---|---|
${codes.map((code) => `| \`${code}\` | ${problems[code].status} | ${problems[code].title} | ${errorGuide[code]} | ${placesOf(code)} |`).join('\n')}

This page is made from the contract by \`npm run docs\`; a test compares the two.
`;
}

function placesOf(code: ErrorCode): string {
  const places = rows.filter(({ codes }) => codes.has(code)).map(({ id }) => `\`${id}\``);
  return places.length === rows.length ? 'everywhere' : places.length > few ? `${places.length} of ${rows.length} routes` : places.join(', ') || 'outside of the routes';
}
