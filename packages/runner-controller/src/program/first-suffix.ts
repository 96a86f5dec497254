/** The first domain of a list such as FAPI_GATEWAY_SUFFIXES; undefined when it names none. */
export function findFirstSuffix(suffixes = ''): string | undefined {
  const suffix = suffixes.split(',')[0]!.trim().replace(/^\.|\.$/g, '');
  return suffix === '' || suffix === '*' ? undefined : suffix;
}
