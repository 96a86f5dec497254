/** What a header can carry. */
const carriable = /^[\x21-\x7e]+$/;

/** Whether it can be sent as a bearer token: of one word, of the letters that a header takes. */
export const isBearer = (value: unknown): value is string => typeof value === 'string' && carriable.test(value);
