/** The host of a URL as it is looked up and connected to: an IPv6 address without its brackets. */
export const toBareHost = (hostname: string): string => hostname.replace(/^\[|\]$/g, '');
