/** Which octets may stand where in a message head (RFC 9110, 9112), as tables indexed by character code. */
function makeTable(isMember: (code: number) => boolean): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, code) => (isMember(code) ? 1 : 0));
}

export const cr = 13;
export const lf = 10;

/** Letters of a method or of a field name. */
export const isTokenOctet = makeTable((code) => /[!#$%&'*+\-.^_`|~0-9A-Za-z]/.test(String.fromCharCode(code)));
/** Octets of a field value, a reason phrase or a trailer: no control characters but the tab. */
export const isValueOctet = makeTable((code) => code === 9 || (code >= 32 && code !== 127));
/** Octets of a request target. Clients do send raw UTF-8, so that octets above 127 are let through; a fragment never belongs here. */
export const isTargetOctet = makeTable((code) => code > 32 && code !== 127 && code !== 35);
export const isDigitOctet = makeTable((code) => code >= 48 && code <= 57);

/** Value of a hexadecimal digit, or -1. */
export function hexValue(octet: number): number {
  if (octet >= 48 && octet <= 57) return octet - 48;
  const letter = octet | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : -1;
}
