import type { Finding } from '@fapi/sdk/contract';

/** The findings with what an import has failed with: a warning that said the same beforehand gives it its place and its ways out, and goes. */
export function joinFault(fault: Finding, findings: readonly Finding[]): Finding[] {
  const isSaid = (finding: Finding): boolean => finding.severity === 'warning' && isSamePlace(fault, finding) && namesIn(finding).some((name) => namesIn(fault).includes(name));
  const said = findings.find(isSaid);
  const fixes = fault.fixes?.length ? fault.fixes : said?.fixes;
  return [said ? { ...fault, start: said.start, end: said.end, ...(fixes ? { fixes } : {}) } : fault, ...findings.filter((finding) => !isSaid(finding))];
}

const isSamePlace = ({ file, start }: Finding, other: Finding): boolean => file === other.file && other.start.line <= start.line && start.line <= other.end.line;

/** What a message names, in the quotes of CPython or of ruff. */
const namesIn = ({ message }: Finding): string[] => [...message.matchAll(/(['"`])([\w.]+)\1/g)].map(([, , name]) => name!);
